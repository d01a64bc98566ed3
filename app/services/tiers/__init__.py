"""Tiers of a program: kept as records, entered by partners, agreed to in terms of their own."""
