"""The application object for gunicorn and the flask command."""

from app.factory import create_app
from app.garbage import spare_what_stays

app = create_app()
spare_what_stays()
