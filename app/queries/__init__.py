"""One read per screen, returning frozen rows."""
