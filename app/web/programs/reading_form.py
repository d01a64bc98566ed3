"""From the profile form to the content that is stored, and from the engine's problems back to the form's rows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.services.retelling import retold
from app.web.programs.forms import ProfileForm
from scoring.compile import heard
from scoring.profile import slug

_OF_TOPIC = re.compile(r"topic (?:id )?'((?:[^'\\]|\\.)*)'")


def content_of(form: ProfileForm) -> dict[str, Any]:
    """Return the profile a form describes, in the shape that parse_profile reads. New rows left blank do not count."""
    return {
        "topics": [
            {"id": identity, "text": row.text.data or "", "weight": row.weight.data, "stance": row.stance.data}
            for row, identity in _rows_with_ids(form)
        ],
        "exemplars": _listed(form.exemplars.data),
        "exemplar_weight": form.exemplar_weight.data,
        "languages": _listed(form.languages.data),
        "countries": _listed(form.countries.data),
        "signals": [
            {"name": (row.name.data or "").strip(), "weight": row.weight.data}
            for row in (entry.form for entry in form.signals)
            if (row.name.data or "").strip()
        ],
    }


def show_problems(form: ProfileForm, problems: Sequence[str]) -> list[str]:
    """Put each problem of a topic at its row; return those that belong to the profile as a whole."""
    rows = {identity: row for row, identity in _rows_with_ids(form)}
    rest: list[str] = []
    for problem in problems:
        named = _OF_TOPIC.match(problem)
        row = rows.get(named[1]) if named else None
        if row is None or named is None:
            rest.append(in_words(problem))
            continue
        words = problem[named.end() :].lstrip(": ")
        row.text.errors = [*row.text.errors, in_words(words)]
    return rest


def in_words(problem: str) -> str:
    """Return one of the engine's problems as a form shows it: in the language in force, with a capital."""
    words = retold(problem)
    return words[:1].upper() + words[1:]


def most_points(content: Mapping[str, Any]) -> dict[str, float]:
    """Return how many points each topic and signal of a profile can give at most (negative: take), by its key.

    Keys are `topic:ID`, `signal:NAME` and `exemplars`; what is wanted shares 100 points by weight, as the scorer does.
    """
    weights: dict[str, float] = {}
    for topic in content.get("topics") or ():
        sign = -1.0 if topic.get("stance") == "avoids" else 1.0
        weights[f"topic:{topic['id']}"] = sign * _weight(topic)
    for rule in content.get("signals") or ():
        weights[f"signal:{rule['name']}"] = _weight(rule)
    if content.get("exemplars"):
        beside_topics = any(key.startswith("topic:") and weight > 0 for key, weight in weights.items())
        share = heard(len(content["exemplars"])) if beside_topics else 1.0
        weights["exemplars"] = float(content.get("exemplar_weight") or 0) * share
    wanted = sum(weight for weight in weights.values() if weight > 0)
    return {key: 100 * weight / wanted if wanted else 0.0 for key, weight in weights.items()}


def _weight(row: Mapping[str, Any]) -> float:
    weight = row.get("weight")
    return 1.0 if weight is None else float(weight)


def _rows_with_ids(form: ProfileForm) -> list[tuple[Any, str]]:
    """Return the topic rows that count, each with its id: the one it has, else one made of its first words."""
    rows: list[tuple[Any, str]] = []
    used = {entry.form.id.data for entry in form.topics if entry.form.id.data}
    for number, entry in enumerate(form.topics, start=1):
        row = entry.form
        text = (row.text.data or "").strip()
        if row.id.data:
            rows.append((row, row.id.data))
        elif text:
            identity = _free(slug(text) or f"topic-{number}", used)
            used.add(identity)
            rows.append((row, identity))
    return rows


def _free(wanted: str, used: set[str]) -> str:
    number = 2
    name = wanted
    while name in used:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _listed(text: str | None) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", text or "") if word]
