"""Which language an applicant's page speaks: what they chose, else that of their application, else their browser's."""

from dataclasses import dataclass
from typing import TypeVar

from flask import g, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from app.services.languages import LANGUAGES, SOURCE, choose_language
from app.services.partner_words import somebody
from app.web.login import settings_of_app

COOKIE = "scoutboard_language"
# What a page goes on showing when its language is switched.
_KEPT = ("via", "kept", "next")
_YEAR_S = 365 * 86_400
AnyResponse = TypeVar("AnyResponse", bound=Response)


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the switch: the language by its code and its own name, and this page in it."""

    code: str
    name: str
    url: str


def register_words(state: BlueprintSetupState) -> None:
    """Teach the templates the switch, and what somebody without a name is called."""
    state.app.add_template_filter(somebody, "somebody")
    state.app.add_template_global(language_links, "language_links")


def speak() -> None:
    """Choose the language before anything of a request is answered, so that refusals are said in it too."""
    asked, kept = request.args.get("lang", ""), request.cookies.get(COOKIE, "")
    chosen = next((code for code in (asked, kept) if code in LANGUAGES), "")
    g.language_is_chosen = bool(chosen)
    choose_language(chosen or request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE)


def prefer(language: str) -> None:
    """Speak the language of an application, unless its reader has chosen another one."""
    if not g.get("language_is_chosen"):
        choose_language(language)


def keep_choice(response: AnyResponse) -> AnyResponse:
    """Remember a language that was chosen by the switch."""
    return remember(response, request.args.get("lang", ""))


def remember(response: AnyResponse, language: str) -> AnyResponse:
    """Have the browser keep a language, where it is one of ours."""
    if language in LANGUAGES:
        is_secure = settings_of_app().is_production
        response.set_cookie(COOKIE, language, max_age=_YEAR_S, secure=is_secure, httponly=True, samesite="Lax")
    return response


def language_links() -> list[LanguageLink]:
    """Return the switch; none on a page that came back from a sent form, for a link would lose what was typed."""
    if request.method != "GET" or request.endpoint is None:
        return []
    kept = {name: request.args[name] for name in _KEPT if name in request.args}
    known = kept | (request.view_args or {})
    return [LanguageLink(code, name, url_for(request.endpoint, **known, lang=code)) for code, name in LANGUAGES.items()]
