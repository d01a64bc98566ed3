"""Telling people inside the product what concerns them, and how they want to be told."""
