"""The fit area: backtests and learned weights, receipts, what to review next, look-alikes."""

from app.web.fit import backtests, finding, receipts
from app.web.fit.blueprint import blueprint

__all__ = ["backtests", "blueprint", "finding", "receipts"]
