"""The staff's screens say nothing past the catalogs: drawn in a made-up language, what is left over is looked at.

A folder of templates stands in SPOKEN_FOLDERS once its screens pass here.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Enum, select, update

from app import languages
from app.db import Base, reading, transaction
from app.models import Role, User
from app.services.ready_made import READY_MADE
from app.web.speaking import SPOKEN_FOLDERS
from tests.web.access_world import AccessWorld
from tests.web.test_apply_languages import Marked, unsaid

pytestmark = pytest.mark.any_servers
_PROSPECT = "/p/{slug}/prospects/{prospect_id}"
# By folder of templates, addresses that draw all of its templates between them. In braces: a row of the world.
SCREENS: dict[str, tuple[str, ...]] = {
    "adding": ("/add", "/add?url=kiln.example+zzzzzz"),
    "fit": (
        "/p/{slug}/profile/backtest",
        "/p/{slug}/profile/backtest/{backtest_id}",
        "/p/{slug}/profile/review-next",
        "/p/{slug}/prospects/{prospect_id}/lookalikes",
        "/p/{slug}/prospects/{prospect_id}/lookalikes?panel=1",
        "/p/{slug}/prospects/{prospect_id}/receipts/{change_id}",
        "/p/{slug}/prospects/{prospect_id}/receipts/{change_id}?again=1",
    ),
    "applications": (
        "/p/{slug}/applications",
        "/p/{slug}/applications?tab=asked",
        "/p/{slug}/applications?tab=closed",
        "/p/{slug}/applications?tab=unconfirmed",
        "/p/{slug}/applications/rules",
        "/p/{slug}/applications/rules?min_score=50&blocked_by=high",
        "/p/{slug}/applications/{application_id}",
    ),
    "inbox": (
        "/p/{slug}/inbox",
        "/p/{slug}/inbox?tab=snoozed",
        "/p/{slug}/inbox?tab=done",
        "/p/{slug}/inbox?tab=triage",
        "/p/{slug}/inbox?tab=automatic",
        "/p/{slug}/inbox/{mail_id}",
    ),
    "notifications": (
        "/notifications",
        "/notifications?unread=1",
        "/notifications?before=2020-01-01T00:00:00%2B00:00_1",
        "/notifications/choices",
    ),
    "outreach": (
        "/p/{slug}/outreach/sequences",
        "/p/{slug}/outreach/sequences/new",
        "/p/{slug}/outreach/sequences/new?from=agencies",
        "/p/{slug}/outreach/sequences/{sequence_id}",
        "/p/{slug}/outreach/sequences/{sequence_id}?state=stopped",
        "/p/{slug}/outreach/sequences/{sequence_id}/versions",
        "/p/{slug}/outreach/sequences/{sequence_id}/edit",
        "/p/{slug}/outreach/sequences/{sequence_id}/edit/steps/{step_id}",
        "/p/{slug}/outreach/approvals",
        "/p/{slug}/outreach/uncertain",
        "/p/{slug}/outreach/enroll",
        "/p/{slug}/outreach/enroll?owner=me&kind=shop&min=90",
        "/p/{slug}/outreach/batches/{enrollment_batch_id}",
        "/p/{slug}/outreach/senders",
        "/p/{slug}/outreach/senders/new",
        "/p/{slug}/outreach/senders/{sender_id}",
        "/p/{slug}/outreach/rules",
    ),
    "care": (
        "/p/{slug}/care",
        "/p/{slug}/care?view=everyone&state=closed",
        "/p/{slug}/care/results",
        "/p/{slug}/care/results/import",
        "/p/{slug}/care/terms",
        "/p/{slug}/care/broadcasts",
        "/p/{slug}/care/broadcasts/new",
        "/p/{slug}/care/broadcasts/{broadcast_id}",
        "/p/{slug}/care/partners/{partnership_id}",
        "/p/{slug}/care/partners/{partnership_id}/cases/new",
        "/p/{slug}/care/partners/{partnership_id}/introductions",
    ),
    "audit": ("/settings/audit", "/settings/audit?q=zzzzzz"),
    "auth": ("/account",),
    "fields": ("/p/{slug}/fields", "/p/{slug}/fields/{field_id}"),
    "outbox": (
        "/outbox",
        "/outbox?state=failed",
        "/outbox/{notice_id}",
        "/outbox/outreach",
        "/outbox/outreach/{message_id}",
    ),
    "people": ("/settings/people", "/settings/people/invite", "/settings/people/{user_id}"),
    "suppressions": (
        "/suppressions",
        "/suppressions?q=zzzzzz",
        "/suppressions/import",
        "/suppressions/{suppression_id}/lift",
    ),
    "optouts": ("/settings/opt-outs",),
    "tokens": ("/settings/tokens",),
    "keeping": (
        "/p/{slug}/partners",
        "/p/{slug}/partners?view=everyone",
        "/p/{slug}/partners?view=everyone&q=zzzzzz",
        "/p/{slug}/partners/{partnership_id}",
        "/p/{slug}/partners/resources",
        "/p/{slug}/partners/resources/{resource_id}",
        "/p/{slug}/partners/cadence",
        "/p/{slug}/partners/{partnership_id}/reviews/{review_id}",
        "/p/{slug}/partners/{partnership_id}/reviews/{review_id}/print",
    ),
    "onboarding": (
        "/p/{slug}/onboarding",
        "/p/{slug}/onboarding?view=everyone",
        "/p/{slug}/onboarding/partners/{partnership_id}",
        "/p/{slug}/onboarding/templates",
        "/p/{slug}/onboarding/templates/{template_id}",
        "/p/{slug}/onboarding/templates/{template_id}/updates",
        "/p/{slug}/onboarding/templates/{template_id}/steps?kind=training",
        "/p/{slug}/onboarding/templates/steps/{template_action_id}",
    ),
    "board": (
        "/p/{slug}/board",
        "/p/{slug}/board?owner=me&kind=shop&touch=never&step=overdue&country=none&nonsense=1&sort=x",
        "/p/{slug}/board?q=zzzzzz",
        "/p/{slug}/board/declined",
        "/p/{slug}/board/filter?q=zzzzzz",
        "/p/{slug}/split",
        "/p/{slug}/views",
        "/p/{slug}/views/new",
        "/p/{slug}/prospects/{prospect_id}/move",
        "/p/{slug}/prospects/{prospect_id}/move?to=declined",
        "/p/{slug}/prospects/{prospect_id}/move?to=dormant",
    ),
    "discover": (
        "/p/{slug}/discover",
        "/p/{slug}/discover/add",
        "/p/{slug}/discover/{discovery_id}",
        "/p/{slug}/discover/{discovery_id}?q=zzzzzz",
        "/p/{slug}/discover/{discovery_id}/status",
    ),
    "duplicates": (
        "/p/{slug}/duplicates",
        "/p/{slug}/duplicates?view=dismissed",
        "/p/{slug}/duplicates/merge/{prospect_id}/{other_id}",
    ),
    "imports": (
        "/p/{slug}/imports",
        "/p/{slug}/imports/{batch_id}",
        "/p/{slug}/imports/{batch_id}/status",
    ),
    "prospects": (
        _PROSPECT,
        f"{_PROSPECT}?before=2026-01-01",
        f"{_PROSPECT}/reading",
        f"{_PROSPECT}/pages/{{page_id}}",
        f"{_PROSPECT}/pages/{{page_id}}?words=zzzzzz",
        f"{_PROSPECT}/contacts/{{contact_id}}/edit",
        f"{_PROSPECT}/contacts/{{contact_id}}/erase",
    ),
    "table": (
        "/p/{slug}/table",
        "/p/{slug}/table?col=age&col=tags&col=touch&col=domain&col=added&col=source&col=f{field_id}&owner=me&by=nonsense",
        "/p/{slug}/table?col=f999&q=zzzzzz&owner=none&view=999999",
        "/p/{slug}/table/filter",
        "/p/{slug}/table/{prospect_id}/cell?column=owner",
        "/p/{slug}/table/{prospect_id}/cell?column=tags",
        "/p/{slug}/table/{prospect_id}/cell?column=step",
    ),
    "tasks": ("/p/{slug}/tasks", "/p/{slug}/tasks?view=everyone", "/p/{slug}/tasks?view=done"),
    "today": ("/today",),
    "programs": ("/programs", "/programs/new", "/p/{slug}/settings", "/p/{slug}/members"),
    "settings": (
        "/settings",
        "/settings/roles",
        "/p/{slug}/settings/all",
        "/p/{slug}/tags",
        "/p/{slug}/tags?q=zzzzzz",
        "/p/{slug}/tags/{tag_id}",
        "/p/{slug}/stages",
        "/p/{slug}/reasons",
        "/p/{slug}/reasons/{reason_id}",
        "/p/{slug}/assignment",
        "/p/{slug}/assignment/new",
        "/p/{slug}/assignment/{assignment_id}",
        "/p/{slug}/assignment/default",
        "/p/{slug}/holidays?country=zzzzzz",
    ),
    "waves": (
        "/p/{slug}/waves",
        "/p/{slug}/waves/partners",
        "/p/{slug}/waves/partners?q=zzzzzz",
        "/p/{slug}/waves/plan",
        "/p/{slug}/waves/settings",
        "/p/{slug}/waves/imports",
        "/p/{slug}/waves/{wave_id}",
    ),
    "guide": ("/help",),
    "profile": (
        "/p/{slug}/profile",
        "/p/{slug}/profile/progress",
        "/p/{slug}/profile/suggest",
        "/p/{slug}/profile/versions",
    ),
    "program_page": ("/p/{slug}/page", "/p/{slug}/page/questions/{question_id}"),
    "search": (
        "/search",
        "/search?q=x",
        "/search?q=company",
        "/search?q=zzzzzz",
        "/search/palette",
        "/search/palette?q=a",
    ),
}
# Names of ours, keys and what Babel writes by itself.
_SAME = re.compile(
    r"services_page|example\.com|gmail\.com|\bEUR\b|"
    r"\b(?:text|image|application)/[\w.+-]+|Scoutboard|example|zzzzzz|company|\bOla\b|English|Polski|Deutsch|\b(?:UTC|kB|MB|CSV|URL|DNS|SPF|DKIM|DMARC|IMAP|SMTP|API|HTML|PDF)\b"
    r"|(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember) \d{4}"
    r"|\d+ (?:J\b|Mon\.|Wo\.|Tg\.|Std\.|Min\.)|\d+\. \w+\.?(?: \d{4})?|\b(?:Mo|Di|Mi|Do|Fr|Sa|So)\b"
    r"|\S+@\S+|https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b|/[\w/-]+"
)
# Mails are in the language they are written in, footer included, and the documentation is in English; what stands in
# code is for typing, and details of the audit log are what was stored.
_APART = re.compile(
    r'(?s)<script.*?</script>|<article class="gd-text">.*?</article>|<li lang="en">.*?</li>|<code>.*?</code>'
    r'|<div class="or-mail-body">.*?</div>|<pre class="(?:or-pre|ac-mail)">.*?</pre>'
    r'|<div class="wv-sample" lang="..">.*?</div>'
)


def written() -> list[str]:
    """Return everything people wrote: the texts of all rows, the longest first."""
    with reading() as session:
        found: set[str] = set()
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if not isinstance(column.type, Enum)]
            for row in session.execute(select(*columns)) if columns else ():
                found.update(text for value in row for text in _texts(value))
    found.update(_texts([each.content() for each in READY_MADE.values()]))
    # Of a template with fields in it, what stands between them.
    found.update(part.strip() for text in tuple(found) if "{" in text for part in re.split(r"\{[{%].*?[%}]\}", text))
    # Deeds of the audit log are its own codes, in whatever language one reads it.
    found.update(text.replace(".", ": ").replace("_", " ") for text in tuple(found) if re.fullmatch(r"\w+\.\w+", text))
    return sorted((text for text in found if re.search(r"[^\W\d_]{2}", text)), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def left_over(page: str, known: list[str]) -> str:
    """Return the words of a page that came neither out of the catalog nor from a row."""
    left = unsaid(_APART.sub("", page))
    for words in known:
        left = left.replace(words, " ")
    return " ".join(re.findall(r"[^\W\d_]{2,}", _SAME.sub(" ", left)))


@pytest.fixture
def made_up(world: AccessWorld, monkeypatch: pytest.MonkeyPatch) -> AccessWorld:
    with transaction() as session:
        session.execute(update(User).where(User.role == Role.ADMIN).values(language="de"))
    monkeypatch.setattr(languages, "staff_catalog_of", lambda _language: Marked())
    return world


def test_every_translated_folder_is_drawn() -> None:
    assert set(SCREENS) == SPOKEN_FOLDERS


def test_screens_say_nothing_past_the_catalogs(made_up: AccessWorld) -> None:
    browser, known, found = made_up.clients[Role.ADMIN], written(), {}
    for address in (each for screens in SCREENS.values() for each in screens):
        answer = browser.get(address.format_map(made_up.own))
        assert answer.status_code < 500, address
        if left := left_over(answer.text, known):
            found[f"{answer.status_code} {address}"] = left
    assert found == {}


@pytest.mark.parametrize("address", ["/login", "/forgot-password", "/reset/nonsense", "/invitation/nonsense"])
def test_before_the_sign_in_the_browser_chooses(made_up: AccessWorld, address: str) -> None:
    stranger = made_up.clients[Role.ADMIN].application.test_client()
    answer = stranger.get(address, headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    assert '<html lang="de"' in answer.text
    assert left_over(answer.text, []) == ""
    assert '<html lang="en"' in stranger.get(address, headers={"Accept-Language": "fr"}).text
