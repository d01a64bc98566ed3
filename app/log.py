"""Structured logs: one line an event, readable in a terminal, JSON in production."""

import logging
import sys

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import Processor

_SECRET_WORDS = ("password", "secret", "token", "api_key", "authorization", "cookie")


def hide_secrets(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Blank every field whose name says that it holds a secret; a log is read by more people than a vault."""
    for name in event:
        if any(word in name.lower() for word in _SECRET_WORDS):
            event[name] = "[hidden]"
    return event


def configure_logging(*, as_json: bool, level: str = "INFO") -> None:
    """Send structlog and the standard library's logging through one formatter to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("urllib3", "sentence_transformers", "transformers", "trafilatura", "htmldate", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> BoundLogger:
    """Return a structured logger named after its module."""
    return structlog.stdlib.get_logger(name)
