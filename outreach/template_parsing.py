"""Read a template, and say in plain words and by line what keeps it from being read."""

import re
from dataclasses import dataclass

from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.template import BoundTemplate

from outreach.liquid_sandbox import MAX_LOOPS, MAX_TEMPLATE_CHARS, environment

MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True, order=True)
class TemplateProblem:
    """One thing that is wrong with a template: the line, counted from 1, and what to do about it."""

    line: int
    message: str

    def __str__(self) -> str:
        """Return the problem as people read it."""
        return f"line {self.line}: {self.message}"


def line_of(text: str, index: int) -> int:
    """Return the line, counted from 1, of a position in a text."""
    return text.count("\n", 0, max(0, index)) + 1


def parse_template(text: str) -> tuple[BoundTemplate | None, list[TemplateProblem]]:
    """Parse a template and return it with its problems; None in place of one that cannot be read.

    After an error its tag is blanked and the rest read again, so that all errors are found.
    """
    if len(text) > MAX_TEMPLATE_CHARS:
        return None, [TemplateProblem(1, f"the template is longer than {MAX_TEMPLATE_CHARS:,} characters; shorten it")]
    problems: list[TemplateProblem] = []
    remaining = text
    for _ in range(MAX_PROBLEMS):
        try:
            return environment().from_string(remaining), problems
        except (LiquidError, RecursionError) as error:
            index = _index_of(error)
            followed = problems and re.search(r"'(?:end\w+|else|elsif|when)'", str(getattr(error, "message", "")))
            if not followed:
                problems.append(problem_of(error, text))
            blanked = _blank_tag_at(remaining, index)
            if blanked == remaining:
                break
            remaining = blanked
    return None, problems


def _index_of(error: Exception) -> int:
    token = getattr(error, "token", None)
    return token.start_index if token is not None and token.start_index >= 0 else -1


def problem_of(error: Exception, text: str) -> TemplateProblem:
    """Return an error of parsing or rendering in words for whoever wrote the template."""
    index = _index_of(error)
    line = line_of(text, index) if index >= 0 else 1
    if isinstance(error, RecursionError):
        return TemplateProblem(line, "the template is nested too deeply; make its conditions simpler")
    said = str(error.message) if isinstance(error, LiquidError) else str(error)
    if isinstance(error, ResourceLimitError):
        if "loop" in said:
            said = f"loops run more than {MAX_LOOPS:,} times in all"
        return TemplateProblem(line, f"too much: {said}")
    return TemplateProblem(line, _in_plain_words(said))


def _in_plain_words(said: str) -> str:
    tag = re.search(r"unexpected tag '([^']*)'", said)
    if tag:
        return f"there is no tag {tag[1]!r}; if, unless, case, for, assign, capture and comment can be used"
    if said.startswith("unexpected liquid parsing error"):
        return "this cannot be read: it is nested too deeply or too long; make it simpler"
    return said


def _blank_tag_at(text: str, index: int) -> str:
    """Overwrite the tag or output around a position with blanks, lines kept."""
    for match in re.finditer(r"\{\{(?:(?!\{[{%]).)*?\}\}|\{%(?:(?!\{[{%]).)*?%\}", text, re.DOTALL):
        if match.start() <= index < match.end():
            blank = re.sub(r"[^\n]", " ", match.group())
            return text[: match.start()] + blank + text[match.end() :]
    return _blank_open_tag(text)


def _blank_open_tag(text: str) -> str:
    """Blank the line from the first tag on that is opened and not closed."""
    for match in re.finditer(r"\{\{|\{%", text):
        closing = "}}" if match.group() == "{{" else "%}"
        end = text.find(closing, match.end())
        opened = re.search(r"\{\{|\{%", text[match.end() :])
        if end < 0 or (opened and match.end() + opened.start() < end):
            line_end = text.find("\n", match.start())
            stop = len(text) if line_end < 0 else line_end
            return text[: match.start()] + " " * (stop - match.start()) + text[stop:]
    return text
