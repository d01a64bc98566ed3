"""Ready-made recruitment sequences to start from: short, honest, and easy to say no to.

Every claim in them is one the product keeps: an answer ends the sequence, and so does the last mail that says so.
"""

from app.services.ready_made.affiliates import AFFILIATES
from app.services.ready_made.agencies import AGENCIES
from app.services.ready_made.creators import CREATORS
from app.services.ready_made.resellers import RESELLERS
from app.services.ready_made.shape import ReadyMade

READY_MADE: dict[str, ReadyMade] = {each.key: each for each in (AGENCIES, AFFILIATES, CREATORS, RESELLERS)}

__all__ = ["READY_MADE", "ReadyMade"]
