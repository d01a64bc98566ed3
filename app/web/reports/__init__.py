"""Reports: what happened, as pictures with the tables behind them."""

from app.web.reports.views import blueprint

__all__ = ["blueprint"]
