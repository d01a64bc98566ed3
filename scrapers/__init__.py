"""Reads prospects' sites: guard, fetcher, manners, frontier, extraction, signals and sources.

The engine knows no web framework, database or queue. It takes values, a `Fetcher` and a `HostTurns`, and returns
frozen dataclasses. `Fetcher.fetch` is the only function of the project that opens a socket to a prospect's site.
"""
