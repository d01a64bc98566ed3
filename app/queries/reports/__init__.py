"""Reports: each answers one question with a picture and the table behind it, over the same period and filter."""
