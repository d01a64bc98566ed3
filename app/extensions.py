"""Flask extensions, created once and bound to an app by the factory."""

from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_wtf import CSRFProtect

login_manager = LoginManager()
csrf = CSRFProtect()
compress = Compress()
# The limits themselves stand at the views. Storage is set by the factory: the queue server, and memory where it is
# away, so that a queue server that is down does not open the door to guessing.
limiter = Limiter(get_remote_address)
