"""Assignment rules: who gets a prospect that comes in without an owner, by rules that a program sets for itself."""
