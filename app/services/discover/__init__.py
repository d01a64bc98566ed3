"""Discover: find companies in a source, preview them, bring in the chosen ones, take that back."""
