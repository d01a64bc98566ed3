"""The forms of assignment rules, and how what is typed becomes conditions."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.languages import gettext as _
from app.languages import mark
from app.models.assignment import AssignmentRule, ShareWay
from app.models.tag import MAX_TAG_LENGTH
from app.queries.site_kinds import SITE_KINDS
from app.services.assigning.conditions import Conditions, conditions_of
from app.services.assigning.rules import RuleContent
from app.services.errors import InvalidInput
from app.services.plain_text import clean_line
from app.whole_numbers import row_number

# More words of one kind than that are no rule any more.
MAX_WORDS = 40


class BoxesField(SelectMultipleField):
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DefaultForm(FlaskForm):
    """To whom, and how to choose among several."""

    people = BoxesField(mark("Give to"), validate_choice=False)
    way = RadioField(mark("Of several people"), choices=[SelectChoice(way.value, way.label) for way in ShareWay])

    def offer_people(self, people: Mapping[int, str]) -> None:
        """Offer who works in the program."""
        self.people.choices = [SelectChoice(str(user_id), name) for user_id, name in people.items()]

    def chosen(self) -> tuple[int, ...]:
        """Return who was ticked, as they are listed."""
        words = self.people.data or []
        return tuple(number for word in words if (number := row_number(word)) is not None)

    def share_way(self) -> ShareWay:
        """Return how to choose among several."""
        return ShareWay(self.way.data)


class RuleForm(DefaultForm):
    """A rule; every condition may be empty, but not all of them."""

    name = StringField(mark("Name"), validators=[InputRequired(mark("Name the rule.")), Length(max=400)])
    source = StringField(mark("The source has in it"), validators=[Length(max=200)])
    countries = StringField(mark("Country"), validators=[Length(max=400)])
    languages = StringField(mark("Language of the site"), validators=[Length(max=400)])
    kinds = BoxesField(mark("Kind of site"), choices=[SelectChoice(kind, kind.capitalize()) for kind in SITE_KINDS])
    tags = StringField(mark("Tag"), validators=[Length(max=2_000)])
    score_min = StringField(mark("Score from"), validators=[Length(max=20)])
    score_max = StringField(mark("Score to"), validators=[Length(max=20)])

    def content(self) -> RuleContent:
        """Return what was typed. Raises InvalidInput naming each field."""
        problems: dict[str, str] = {}
        conditions = Conditions(
            source=clean_line(self.source.data or ""),
            countries=_codes(self.countries, 2, problems),
            languages=_codes(self.languages, 8, problems),
            kinds=tuple(self.kinds.data or ()),
            tags=_tags(self.tags, problems),
            score_min=_score(self.score_min, problems),
            score_max=_score(self.score_max, problems),
        )
        low, high = conditions.score_min, conditions.score_max
        if low is not None and high is not None and low > high:
            problems["score_max"] = _("The highest score is below the lowest one.")
        if problems:
            raise InvalidInput(problems)
        return RuleContent(name=self.name.data or "", conditions=conditions, people=self.chosen(), way=self.share_way())


def values_of(rule: AssignmentRule | None) -> dict[str, Any]:
    """Return what a form shows for a rule, or for one that is to be made."""
    if rule is None:
        return {"way": ShareWay.TURN.value, "people": []}
    asked = conditions_of(rule.conditions)
    return {
        "name": rule.name,
        "people": [str(person) for person in rule.people],
        "way": rule.way.value,
        "source": asked.source,
        "countries": ", ".join(asked.countries),
        "languages": ", ".join(asked.languages),
        "kinds": list(asked.kinds),
        "tags": ", ".join(asked.tags),
        "score_min": "" if asked.score_min is None else f"{asked.score_min:g}",
        "score_max": "" if asked.score_max is None else f"{asked.score_max:g}",
    }


def _words(field: StringField, problems: dict[str, str]) -> list[str]:
    found = list(dict.fromkeys(word for part in (field.data or "").split(",") if (word := clean_line(part))))
    if len(found) > MAX_WORDS:
        problems[field.name] = _("At most %(most)s; these are %(count)s.", most=MAX_WORDS, count=len(found))
    return found


def _codes(field: StringField, most: int, problems: dict[str, str]) -> tuple[str, ...]:
    """Read codes: of two letters in capitals for countries, else small ones for languages."""
    words = _words(field, problems)
    for word in words:
        if not (word.isascii() and word.replace("-", "").isalpha() and 2 <= len(word) <= most):
            examples = _("PL, DE or US") if most == 2 else _("pl, de or en")
            problems[field.name] = _(
                "“%(word)s” is no code. Write codes such as %(examples)s, with commas.",
                word=word[:20],
                examples=examples,
            )
    return tuple(dict.fromkeys(word.upper() if most == 2 else word.lower() for word in words))


def _tags(field: StringField, problems: dict[str, str]) -> tuple[str, ...]:
    words = _words(field, problems)
    if any(len(word) > MAX_TAG_LENGTH for word in words):
        problems[field.name] = _(
            "A tag has at most %(most)s characters. Put commas between several.", most=MAX_TAG_LENGTH
        )
    return tuple(words)


def _score(field: StringField, problems: dict[str, str]) -> float | None:
    text = (field.data or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        problems[field.name] = _("Write a number from 0 to 100.")
    return value
