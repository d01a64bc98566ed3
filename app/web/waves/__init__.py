"""Migration waves: the screens of those who move partners over, and the page a partner opens by a mailed link."""

from app.web.waves import imports, moving, overview, partners, planning, statuses, wave
from app.web.waves.blueprint import blueprint
from app.web.waves.moving import moving_blueprint

__all__ = [
    "blueprint",
    "imports",
    "moving",
    "moving_blueprint",
    "overview",
    "partners",
    "planning",
    "statuses",
    "wave",
]
