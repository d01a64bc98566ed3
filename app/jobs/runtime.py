"""What a process stands on, worker or web: its settings, and the database and queue server they name.

Jobs get ids as arguments and nothing else, so the settings they need are kept here, once per process.
"""

from app import db, dispatch
from app.config import Settings
from app.log import configure_logging
from app.services import document_store, keys, links

_current: dict[str, Settings] = {}


class NotStarted(Exception):
    """A job ran in a process that never called start()."""


def start(settings: Settings) -> None:
    """Prepare this process; a second call replaces the first. Nothing is connected until first used."""
    configure_logging(as_json=settings.is_production)
    db.configure(settings.database)
    dispatch.configure(settings.queue)
    keys.configure(settings.secret_key)
    links.configure(settings.public_url, settings.inbound_domain)
    document_store.configure(settings.data_dir)
    _current["settings"] = settings


def settings() -> Settings:
    """Return the settings this process was started with. Raises NotStarted before start()."""
    try:
        return _current["settings"]
    except KeyError:
        raise NotStarted("call app.jobs.runtime.start(settings) first") from None
