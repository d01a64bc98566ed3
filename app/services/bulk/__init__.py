"""Acts on many prospects at once: previewed, worked off in portions, canceled, undone."""
