"""Import of companies from a file: read it, judge every row, write what may be written, in that order."""
