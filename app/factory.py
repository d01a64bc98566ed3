"""Put the web application together: settings in, Flask app out."""

import os
from datetime import timedelta

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.cli import register_commands
from app.config import Settings
from app.demo.command import register_demo
from app.errors import register_error_pages
from app.extensions import compress, csrf, limiter, login_manager
from app.jobs import runtime
from app.web import register_blueprints
from app.web.headers import register_headers

_WORTH_PACKING = ("text/css", "text/javascript", "image/svg+xml")
MAX_BODY_BYTES = 25 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; without settings they are read from the environment (raises SettingsError)."""
    settings = settings or Settings.from_env(os.environ)
    runtime.start(settings)
    app = Flask("app", root_path=os.path.dirname(__file__))
    app.config.from_mapping(_flask_config(settings))
    app.extensions["scoutboard_settings"] = settings
    _trust_proxies(app, settings.trusted_proxies)
    register_extensions(app)
    register_error_pages(app)
    register_headers(app)
    register_blueprints(app)
    # After the guard of register_blueprints: who was signed out is asked to sign in, not told of a form's token.
    csrf.init_app(app)
    register_commands(app)
    register_demo(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "scoutboard",
        "SESSION_COOKIE_SECURE": settings.is_production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,
        "COMPRESS_STREAMS": False,
        "RATELIMIT_STORAGE_URI": _limiter_storage(settings),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        # Where the queue server goes away, two requests at once must not fail one of them: flask-limiter falls back to
        # memory for the first and raises for the second, which passes without a limit instead.
        "RATELIMIT_SWALLOW_ERRORS": True,
        "RATELIMIT_HEADERS_ENABLED": True,
    }


def _trust_proxies(app: Flask, count: int) -> None:
    """Believe the forwarded address and scheme of that many proxies in front; with none, headers prove nothing."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _limiter_storage(settings: Settings) -> str:
    url = settings.queue
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


def register_extensions(app: Flask) -> None:
    """Bind the extensions to the app."""
    compress.init_app(app)
    app.after_request(_read_whole)
    limiter.init_app(app)
    login_manager.init_app(app)


def _read_whole(response: Response) -> Response:
    """Let a small file be compressed as a page is: the library forgets to close the files that it streams."""
    if request.endpoint == "static" and response.status_code == 200 and response.mimetype in _WORTH_PACKING:
        response.direct_passthrough = False
        response.make_sequence()
    return response
