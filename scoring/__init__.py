"""The fit engine: company texts and a fit profile in, an explained 0-100 score out (no Flask, no database)."""
