"""Thin entry points of the queue: ids in, open a transaction, call a service or engine, record."""
