"""Security headers on every answer: a strict content policy without inline code, and the usual guards."""

from flask import Flask, Response, g, request

from app.config import Settings

_NO_FRAMES = "frame-ancestors 'none'"
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        _NO_FRAMES,
    )
)


def _policy() -> str:
    """Return the policy; a form made to be embedded may be framed by the sites its view named in g.frame_ancestors."""
    sites = g.get("frame_ancestors")
    return CONTENT_POLICY.replace(_NO_FRAMES, f"frame-ancestors {sites}") if sites else CONTENT_POLICY


def register_headers(app: Flask) -> None:
    """Add the headers to every response, errors and files included."""
    settings: Settings = app.extensions["scoutboard_settings"]

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _policy()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        if settings.is_production:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = g.get("cache_control", "no-store")
        return response
