"""Use-cases that write: session first, never commit, no Flask."""
