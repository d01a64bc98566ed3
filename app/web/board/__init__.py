"""The board area: columns of cards, lists of stages, moves, decisions and their undo."""

from app.web.board import moves, saved_views, views
from app.web.board.blueprint import blueprint

__all__ = ["blueprint", "moves", "saved_views", "views"]
