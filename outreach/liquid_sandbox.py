"""Liquid with everything left out that a mail does not need, and a bound on all that can grow.

The library bounds output, loops and locals, but not what a single expression may build: `(1..1000000000) | join`,
`replace: "", text` and squaring in a loop all pass it. So tags and filters are an allow-list, each filter call is
measured before it runs, and ranges must be written in small numbers.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from liquid import DictLoader, Environment, Mode
from liquid.exceptions import FilterArgumentError, ResourceLimitError
from liquid.undefined import Undefined

MAX_TEMPLATE_CHARS = 50_000
MAX_OUTPUT_BYTES = 200_000
MAX_LOOPS = 500
MAX_VALUE_CHARS = 20_000
MAX_NUMBER = 10**15
MAX_WORK_CHARS = 5_000_000
_TAGS = frozenset(
    ("if", "unless", "case", "for", "break", "continue", "assign", "capture", "comment", "raw", "#", "doc")
)  # fmt: skip
# The library's own names for plain text, an output and a tag that does not exist.
_INNER_TAGS = frozenset(("content", "literal", "output", "illegal"))
_FILTERS = frozenset(
    "default capitalize upcase downcase strip lstrip rstrip strip_html strip_newlines newline_to_br squish escape"
    " escape_once append prepend remove remove_first replace replace_first slice split join first last size concat"
    " sort uniq compact reverse truncate truncatewords url_encode date plus minus times divided_by modulo round ceil"
    " floor abs at_least at_most".split()
)
_DATE_FORMAT = re.compile(r"(?:[^%]|%[-]?[aAbBcdDeFHIjmMpSTuUVwWxXyYzZ%])*")


@dataclass(slots=True)
class Run:
    """What one rendering has used up, and where in the template it wrote a field without a value."""

    missing: list[int] = field(default_factory=list)
    work_left: int = MAX_WORK_CHARS


_run: ContextVar[Run | None] = ContextVar("outreach_template_run", default=None)


@contextmanager
def running() -> Iterator[Run]:
    """Collect what the rendering inside misses and uses; renderings in other threads and tasks have their own."""
    run = Run()
    token = _run.set(run)
    try:
        yield run
    finally:
        _run.reset(token)


class MissingField(Undefined):
    """A field without a value: written as nothing, and remembered."""

    __slots__ = ()

    def __str__(self) -> str:
        run = _run.get()
        if run is not None:
            run.missing.append(self.token.start_index if self.token else 0)
        return ""

    def poke(self) -> bool:
        """Do not raise: a condition may ask whether a field has a value."""
        return True


class _BoundedEnvironment(Environment):
    loop_iteration_limit = MAX_LOOPS
    output_stream_limit = MAX_OUTPUT_BYTES
    local_namespace_limit = 500_000
    context_depth_limit = 12
    block_nesting_limit = 12


@functools.cache
def environment(*, escape_html: bool = False) -> Environment:
    """Return the environment all templates of people are read with; it has no loader, so no file can be reached."""
    made = _BoundedEnvironment(
        tolerance=Mode.STRICT,
        undefined=MissingField,
        strict_filters=True,
        autoescape=escape_html,
        loader=DictLoader({}),
    )
    for name in list(made.tags):
        if name not in _TAGS | _INNER_TAGS:
            del made.tags[name]
    for name in list(made.filters):
        if name not in _FILTERS:
            del made.filters[name]
        else:
            made.filters[name] = _measured(name, made.filters[name])
    return made


def _measured(name: str, run_filter: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(run_filter)
    def measured(value: Any, *args: Any, **kwargs: Any) -> Any:
        given = (value, *args)
        sizes = [_size_of(item) for item in given]
        _refuse_growth(name, given, sizes)
        run = _run.get()
        if run is not None:
            run.work_left -= sum(sizes) + 20
            if run.work_left < 0:
                raise ResourceLimitError(
                    "the template works on too much text; take filters out of its loops", token=None
                )
        result = run_filter(value, *args, **kwargs)
        _size_of(result)
        return result

    return measured


def _size_of(value: object) -> int:
    """Return how large a value is, in characters or items; refuses what a mail has no use for."""
    size = 1
    if isinstance(value, str | list | tuple):
        size = len(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > MAX_NUMBER:
        raise ResourceLimitError(f"a number is larger than {MAX_NUMBER:,}", token=None)
    if size > MAX_VALUE_CHARS:
        raise ResourceLimitError(f"a value is longer than {MAX_VALUE_CHARS:,} characters", token=None)
    return size


def _refuse_growth(name: str, given: tuple[Any, ...], sizes: list[int]) -> None:
    if name.startswith("replace") and len(given) > 2:
        found = str(given[0]).count(str(given[1]))
        if not str(given[1]) or found * sizes[2] > MAX_VALUE_CHARS:
            raise ResourceLimitError("replace would make the text too long", token=None)
    if name == "join":
        parts = given[0] if isinstance(given[0], list | tuple | range) else [given[0]]
        length = len(parts) * (sizes[1] if len(sizes) > 1 else 1) + sum(len(str(part)) for part in parts[:MAX_LOOPS])
        if len(parts) > MAX_LOOPS or length > MAX_VALUE_CHARS:
            raise ResourceLimitError("join would make the text too long", token=None)
    if name == "date" and len(given) > 1 and (sizes[1] > 60 or not _DATE_FORMAT.fullmatch(str(given[1]))):
        raise FilterArgumentError(f"{str(given[1])[:40]!r} is no date format; use letters such as %d.%m.%Y", token=None)
