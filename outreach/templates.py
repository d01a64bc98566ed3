"""Mail templates people write: checked line by line before they are kept, rendered within strict bounds.

A field that has no value for a recipient is a reason not to send, so rendering collects every such field instead of
writing nothing; `{{ contact.first_name | default: "there" }}` says what to write then.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import IntegerLiteral, RangeLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate

from outreach.errors import OutreachError
from outreach.liquid_sandbox import MAX_LOOPS, environment, running
from outreach.template_parsing import MAX_PROBLEMS, TemplateProblem, line_of, parse_template, problem_of

MAX_LOOP_NODES = 100
_ENDINGS = ("size", "first", "last")


class TemplateError(OutreachError):
    """A template cannot be rendered; `problems` names every reason with its line."""

    def __init__(self, problems: list[TemplateProblem]) -> None:
        """Keep each problem, so that an editor can show it at its line."""
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


def check_template(text: str, fields: Collection[str]) -> list[TemplateProblem]:
    """Return every syntax error and unknown field of a template, by line; [] for a good one.

    `fields` are the dotted names it may use, such as "contact.first_name".
    """
    return list(_problems(text, tuple(fields)))


# A sequence's few templates are checked and parsed again for each of its mails.
@lru_cache(maxsize=64)
def _problems(text: str, fields: tuple[str, ...]) -> tuple[TemplateProblem, ...]:
    template, problems = parse_template(text)
    if template is not None:
        problems += [
            *_unknown_fields(template, text, fields),
            *_unknown_filters(template, text),
            *_unbounded_ranges(template, text),
            *_long_loops(template, text),
        ]
    return tuple(sorted(set(problems))[:MAX_PROBLEMS])


@lru_cache(maxsize=64)
def _template(text: str, *, escape_html: bool) -> BoundTemplate:
    return environment(escape_html=escape_html).from_string(text)


def render_template(
    text: str, data: Mapping[str, Any], *, fields: Collection[str] | None = None, escape_html: bool = False
) -> str:
    """Return the text for one recipient.

    `data` holds the values, nested as the fields' names are. `fields` are the names allowed; without them, those the
    data has. Empty values count as missing. Raises TemplateError with all problems: syntax, unknown fields, fields
    without a value and without `default`, and whatever goes beyond the bounds of `liquid_sandbox`.
    """
    allowed = field_names(data) if fields is None else fields
    values = _with_values(data)
    problems = check_template(text, allowed)
    if problems:
        raise TemplateError(sorted({*problems, *_surely_missing(text, values, allowed)}))
    template = _template(text, escape_html=escape_html)
    with running() as run:
        try:
            rendered = template.render(**values)
        except (LiquidError, RecursionError) as error:
            raise TemplateError([problem_of(error, text)]) from error
    missing = _missing_fields(template, text, set(run.missing))
    if missing:
        raise TemplateError(missing)
    return rendered


def field_names(data: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the dotted names of all values in nested data."""
    names: list[str] = []
    for key, value in data.items():
        nested = isinstance(value, Mapping)
        names += field_names(value, f"{prefix}{key}.") if nested else [f"{prefix}{key}"]
    return names


def _unknown_fields(template: BoundTemplate, text: str, fields: Collection[str]) -> Iterator[TemplateProblem]:
    for uses in template.analyze(include_partials=False).globals.values():
        for use in uses:
            name = ".".join(str(segment) for segment in use.segments if not isinstance(segment, list))
            plain = not any(isinstance(segment, list) for segment in use.segments)
            if not plain:
                message = f"{name}[…] is chosen while rendering; name the field itself"
            elif _is_allowed(name, fields):
                continue
            elif inner := [known for known in fields if known.startswith(f"{name}.")]:
                message = f"{name} is a group of fields; choose one, such as {inner[0]}"
            else:
                message = f"there is no field {name!r}{_suggestion(name, fields)}"
            yield TemplateProblem(line_of(text, use.span.index), message)


def _unknown_filters(template: BoundTemplate, text: str) -> Iterator[TemplateProblem]:
    known = environment().filters
    for name, spans in template.analyze(include_partials=False).filters.items():
        for span in spans if name not in known else ():
            yield TemplateProblem(line_of(text, span.index), f"there is no filter {name!r}{_suggestion(name, known)}")


def _is_allowed(name: str, fields: Collection[str]) -> bool:
    head, _, last = name.rpartition(".")
    return name in fields or (last in _ENDINGS and head in fields)


def _suggestion(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _surely_missing(text: str, values: Mapping[str, Any], fields: Collection[str]) -> list[TemplateProblem]:
    """Name the fields without a value that a template with other problems writes outside of all conditions."""
    template, _ = parse_template(text)
    known = set(field_names(values))
    written = [node.expression for node in template.nodes if isinstance(node, OutputNode)] if template else []
    lefts = [each.left for each in written if isinstance(each, FilteredExpression) and isinstance(each.left, Path)]
    places = {left.token.start_index for left in lefts if str(left) in fields and str(left) not in known}
    return _missing_fields(template, text, places) if template else []


def _missing_fields(template: BoundTemplate, text: str, places: set[int]) -> list[TemplateProblem]:
    """Name the fields written without a value at these places; one with a `default` further on is none of them."""
    covered: set[int] = set()
    names: dict[int, str] = {}
    for expression in _expressions(template):
        if isinstance(expression, Path):
            names[expression.token.start_index] = str(expression)
        if isinstance(expression, FilteredExpression) and any(
            each.name == "default" for each in expression.filters or ()
        ):
            covered.add(expression.left.token.start_index)
    return [
        TemplateProblem(
            line_of(text, index),
            f"{names.get(index, 'a field')} has no value for this recipient; add it, or write a fallback: "
            f'{{{{ {names.get(index, "…")} | default: "…" }}}}',
        )
        for index in sorted(places - covered)
    ]


def _unbounded_ranges(template: BoundTemplate, text: str) -> Iterator[TemplateProblem]:
    for expression in _expressions(template):
        if not isinstance(expression, RangeLiteral):
            continue
        ends = (expression.start, expression.stop)
        if not all(isinstance(end, IntegerLiteral) for end in ends):
            message = "a range must be written in numbers, such as (1..3)"
        elif int(str(expression.stop)) - int(str(expression.start)) >= MAX_LOOPS:
            message = f"the range {expression} is too long; {MAX_LOOPS:,} steps are the most"
        else:
            continue
        yield TemplateProblem(line_of(text, expression.token.start_index), message)


def _long_loops(template: BoundTemplate, text: str) -> Iterator[TemplateProblem]:
    """Refuse loops that do very much in each round: rounds are bounded, so this bounds the time."""
    context = RenderContext(template)
    for loop in (node for node in _nodes(list(template.nodes), context) if isinstance(node, ForNode)):
        if sum(1 for _ in _nodes([loop], context)) > MAX_LOOP_NODES:
            yield TemplateProblem(
                line_of(text, loop.token.start_index), f"the loop holds more than {MAX_LOOP_NODES} tags; shorten it"
            )


def _nodes(waiting: list[Node], context: RenderContext) -> Iterator[Node]:
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children(context, include_partials=False))


def _expressions(template: BoundTemplate) -> Iterator[Expression]:
    for node in _nodes(list(template.nodes), RenderContext(template)):
        waiting = list(node.expressions())
        while waiting:
            expression = waiting.pop()
            yield expression
            waiting.extend(expression.children())


def _with_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Leave empty values out, so that a condition and `default` see them as missing."""
    kept: dict[str, Any] = {}
    for key, value in data.items():
        inner = _with_values(value) if isinstance(value, Mapping) else value
        if inner is None or (isinstance(inner, str) and not inner.strip()) or inner in ([], {}):
            continue
        kept[str(key)] = inner
    return kept
