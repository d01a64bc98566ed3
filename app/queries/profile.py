"""The fit profile of a program: the version in force, and every version before it with what it changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import counted, mark
from app.languages import gettext as _
from app.models import Company, FitProfile, Prospect, Signal, User

MAX_VERSIONS = 100
SIGNAL_SAMPLE = 300
_LISTS = {"exemplars": mark("Exemplars"), "languages": mark("Languages"), "countries": mark("Countries")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileVersion:
    """One version of a profile; `changes` says in words how it differs from the one before."""

    id: int
    version: int
    is_current: bool
    content: Mapping[str, Any]
    note: str
    by: str | None
    at: datetime
    changes: tuple[str, ...]


def profile_versions(session: Session, program_id: int) -> list[ProfileVersion]:
    """Return the newest MAX_VERSIONS versions of a program's profile, newest first."""
    rows = session.execute(
        select(FitProfile, User.name)
        .outerjoin(User, User.id == FitProfile.created_by_id)
        .where(FitProfile.program_id == program_id)
        .order_by(FitProfile.version.desc())
        .limit(MAX_VERSIONS + 1)
    )
    found = list(rows)
    before = [profile.content for profile, _name in found[1:]] + [None]
    return [
        ProfileVersion(
            id=profile.id,
            version=profile.version,
            is_current=profile.is_current,
            content=profile.content,
            note=profile.note,
            by=name,
            at=profile.created_at,
            changes=tuple(changes_between(earlier, profile.content)),
        )
        for (profile, name), earlier in zip(found[:MAX_VERSIONS], before, strict=False)
    ]


def changes_between(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Say in words what a profile changed; the first version has nothing to compare with."""
    if before is None:
        topics = len(after.get("topics") or ())
        return [counted("First version, %(num)s topic", "First version, %(num)s topics", topics)]
    old, new = _topics(before), _topics(after)
    said = [_("Added “%(topic)s”", topic=_short(new[key]["text"])) for key in new if key not in old]
    said += [_("Removed “%(topic)s”", topic=_short(old[key]["text"])) for key in old if key not in new]
    for key in (key for key in new if key in old):
        said += _topic_changes(old[key], new[key])
    if set(old) == set(new) and list(old) != list(new):
        said.append(_("Put the topics in another order"))
    for name in _LISTS:
        said += _list_changes(name, before, after)
    if (before.get("signals") or []) != (after.get("signals") or []):
        said.append(_("Changed the points for facts read off the site"))
    if before.get("exemplar_weight", 1.0) != after.get("exemplar_weight", 1.0):
        old_weight, new_weight = _number(before, "exemplar_weight"), _number(after, "exemplar_weight")
        said.append(_("Weight of the exemplars %(before)s → %(after)s", before=old_weight, after=new_weight))
    return said


def known_exemplars(session: Session, program_id: int, domains: list[str]) -> dict[str, tuple[int | None, bool]]:
    """Return, by domain, the program's prospect of an exemplar company (or None) and whether its site was read."""
    if not domains:
        return {}
    rows = session.execute(
        select(Company.domain, Prospect.id, Company.read_at)
        .outerjoin(Prospect, (Prospect.company_id == Company.id) & (Prospect.program_id == program_id))
        .where(Company.domain.in_(domains))
    )
    return {row.domain: (row.id, row.read_at is not None) for row in rows}


def known_signals(session: Session, program_id: int) -> list[str]:
    """Return the names of facts that were read off the program's sites, from a sample of them, for a form to offer."""
    sample = (
        select(Prospect.company_id)
        .where(Prospect.program_id == program_id)
        .order_by(Prospect.id.desc())
        .limit(SIGNAL_SAMPLE)
    )
    return list(
        session.scalars(select(Signal.name).where(Signal.company_id.in_(sample)).distinct().order_by(Signal.name))
    )


def count_prospects(session: Session, program_id: int) -> int:
    """Return how many prospects a new profile would be scored for."""
    return session.scalar(select(func.count()).select_from(Prospect).where(Prospect.program_id == program_id)) or 0


def _topics(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(topic.get("id") or topic["text"]): topic for topic in content.get("topics") or ()}


def _topic_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    name = _short(new["text"])
    said = []
    if old["text"] != new["text"]:
        said.append(_("Reworded “%(topic)s”", topic=_short(old["text"])))
    if old.get("weight", 1.0) != new.get("weight", 1.0):
        weights = {"before": _number(old, "weight"), "after": _number(new, "weight")}
        said.append(_("Weight of “%(topic)s” %(before)s → %(after)s", topic=name, **weights))
    if old.get("stance", "wants") != new.get("stance", "wants"):
        is_against = new.get("stance") == "avoids"
        words = (
            _("“%(topic)s” now counts against a company") if is_against else _("“%(topic)s” now counts for a company")
        )
        said.append(words % {"topic": name})
    return said


def _list_changes(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = list(before.get(name) or ()), list(after.get(name) or ())
    said = []
    if added := [value for value in new if value not in old]:
        said.append(_("%(list)s: added %(values)s", list=_(_LISTS[name]), values=", ".join(added)))
    if removed := [value for value in old if value not in new]:
        said.append(_("%(list)s: removed %(values)s", list=_(_LISTS[name]), values=", ".join(removed)))
    return said


def _number(content: Mapping[str, Any], key: str) -> str:
    return f"{content.get(key, 1.0):g}"


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
