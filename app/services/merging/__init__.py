"""Making one company of two that are the same, and parting them again."""
