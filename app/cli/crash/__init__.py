"""The crash test: a mail provider that misbehaves, workers that are killed, and the count of what came of it."""
