"""The board area."""

from app.web.board.views import blueprint

__all__ = ["blueprint"]
