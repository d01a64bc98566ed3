"""Migration waves: partners of another platform come in by file, are planned into weeks, invited, and move over."""
