"""Keeping partners: goals, resources, business reviews, and staying in touch."""
