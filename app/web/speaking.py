"""The language of the staff's screens: each person's own, in force once it is known whose request it is."""

import json
from collections.abc import Callable
from datetime import UTC
from functools import cache
from typing import Any

from flask import Flask, before_render_template, request
from flask_login import current_user
from jinja2 import Template
from markupsafe import Markup
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.clock import choose_zone
from app.languages import (
    LANGUAGES,
    SOURCE,
    choose_language,
    counted,
    current_language,
    day_of_week,
    gettext,
    long_day,
    mark,
    money,
    month_words,
    ngettext,
    script_words,
    short_day,
    short_moment,
)
from app.languages import number as number_in_words
from app.models import User
from app.services.retelling import retold
from app.web.form_words import teach_forms
from app.web.login import PUBLIC_ENDPOINTS
from app.web.often import often

# The folders of templates that say everything in every language, with the labels and refusals they show. A page of any
# other folder is in English but for its frame, and says so (`lang`) to screen readers. A test draws these.
SPOKEN_FOLDERS = frozenset(
    {
        "adding",
        "applications",
        "audit",
        "auth",
        "board",
        "bulk",
        "care",
        "discover",
        "duplicates",
        "fields",
        "fit",
        "guide",
        "imports",
        "inbox",
        "keeping",
        "notifications",
        "onboarding",
        "optouts",
        "outbox",
        "outreach",
        "people",
        "pipelines",
        "profile",
        "program_page",
        "programs",
        "prospects",
        "reports",
        "search",
        "settings",
        "suppressions",
        "table",
        "tasks",
        "today",
        "tokens",
        "waves",
    }
)


def register_languages(app: Flask) -> None:
    """Teach the templates to translate, and speak to each person in their language.

    Templates get `_`, `ngettext`, `counted`, the filter `said` for words that come from the code (a label, or a name
    that somebody gave: no `%` in it means anything), `retold` for sentences that an engine said or a row keeps, and
    `content_language`.
    """
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals |= {"languages": LANGUAGES, "_": in_words}
    functions: tuple[Callable[..., Any], ...] = (current_language, counted, often, mark, say_choices, script_words_tag)
    for each in functions:
        app.add_template_global(each, each.__name__)
    for words in (day_of_week, long_day, short_day, short_moment, month_words, money):
        app.add_template_filter(words, words.__name__)
    app.add_template_filter(number_in_words, "number_in_words")
    app.add_template_filter(said, "said")
    app.add_template_filter(retold, "retold")
    teach_forms()
    app.before_request(speak_to_staff)
    app.teardown_request(fall_silent)
    before_render_template.connect(_name_language, app)


def speak_to_staff() -> None:
    """Choose the language and time zone of who is signed in, or the browser's language where somebody is about to.

    A public page chooses its own.
    """
    if request.endpoint is None:
        return
    if request.endpoint in PUBLIC_ENDPOINTS:
        if request.blueprint == "auth":
            choose_language(request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE, is_staff=True)
        return
    if isinstance(current_user._get_current_object(), User):
        choose_language(current_user.language, is_staff=True)
        choose_zone(current_user.zone)


def fall_silent(_error: BaseException | None) -> None:
    """Leave the thread in English and UTC for whatever it serves next."""
    choose_language(SOURCE)
    choose_zone(UTC)


def in_words(text: str, /, **values: Any) -> Markup:
    """Return a text of a template in the language in force: what it fills in is escaped, it itself is markup.

    It stands for Jinja's own `_`, which does the same by way of three calls through the template's context: a board of
    cards was drawn a tenth slower with it.
    """
    words = gettext(text)
    return Markup(words) % values if values else Markup(words.replace("%%", "%"))  # noqa: S704 - our catalogs


def said(words: object) -> str:
    """Return words that are known while the program runs, such as a label, in the language in force."""
    return gettext(str(words)) if words else ""


def say_choices(field: SelectField) -> str:
    """Say what can be chosen in a field in the language in force; returns nothing to show."""
    if current_language() != SOURCE and isinstance(field.choices, list):
        pairs = [(each.value, each.label) if isinstance(each, SelectChoice) else each for each in field.choices]
        field.choices = [SelectChoice(value, said(label)) for value, label in pairs]
    return ""


def script_words_tag() -> Markup:
    """Return what the scripts of a page say in the language in force, as data inside the page; nothing for English."""
    return _script_words_tag(current_language())


@cache
def _script_words_tag(language: str) -> Markup:
    if language == SOURCE:
        return Markup()
    # `<` would end the element early; in JSON it may be written by its number.
    words = json.dumps(script_words(language), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup('<script type="application/json" id="words">{}</script>').format(Markup(words))  # noqa: S704 - our catalog


def _name_language(_app: Flask, *, template: Template, context: dict[str, Any]) -> None:
    folder = (template.name or "").split("/", 1)[0]
    context["content_language"] = current_language() if folder in SPOKEN_FOLDERS else SOURCE
