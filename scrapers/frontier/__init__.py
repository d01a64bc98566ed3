"""Which few pages of a site are worth reading, and in which order."""
