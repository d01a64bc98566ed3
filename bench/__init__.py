"""Measurements: `./run bench`."""
