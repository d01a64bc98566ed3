"""Fit profiles: every edit is a new version, checked in full before it is kept, and asks for new scores."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import FitProfile, Program, User
from app.queries.profile import changes_between
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.fit import current_profile, request_scores
from scoring.errors import ProfileError
from scoring.profile import FitProfile as ParsedProfile
from scoring.profile import parse_profile
from scrapers.domains import DomainError, normalize_domain

MAX_NOTE = 500


class UnusableProfile(InvalidInput):
    """A profile that cannot be scored with; `problems` names each reason in a sentence of its own."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems one by one, for a form that lists them."""
        self.problems = problems
        super().__init__({"profile": "; ".join(problems)})


def save_profile(
    session: Session, program: Program, content: Mapping[str, Any], *, note: str, base_version: int, actor: User
) -> FitProfile | None:
    """Keep a new version, put it in force, and ask for every prospect to be scored with it.

    `content` has the shape that parse_profile reads; `base_version` is the version the person edited (0 for none).
    Returns None where nothing changed. Raises UnusableProfile naming every problem, and Conflict where somebody
    saved another version meanwhile.
    """
    in_force = current_profile(session, program.id)
    if (in_force.version if in_force else 0) != base_version:
        raise Conflict(_overtaken(in_force))
    checked = normal_content(content)
    if in_force is not None and not changes_between(in_force.content, checked):
        return None
    return _put_in_force(session, program, checked, note=note, actor=actor)


def restore_profile(session: Session, program: Program, version: int, *, actor: User) -> FitProfile:
    """Put an earlier version in force again, as a new version.

    Raises NotFound where there is no such version, and Conflict where it is in force already.
    """
    earlier = session.scalar(
        select(FitProfile).where(FitProfile.program_id == program.id, FitProfile.version == version)
    )
    if earlier is None:
        raise NotFound(_("There is no version %(version)s of this fit profile.", version=version))
    if earlier.is_current:
        raise Conflict(_("Version %(version)s is in force already.", version=version))
    content = normal_content(earlier.content)
    return _put_in_force(session, program, content, note=f"Restored version {version}", actor=actor)


def normal_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content as it is stored: checked, exemplars as registrable domains, every topic with an id.

    Raises UnusableProfile naming every problem at once.
    """
    exemplars, problems = _domains(content.get("exemplars") or ())
    try:
        parsed = parse_profile({**content, "exemplars": exemplars})
    except ProfileError as error:
        raise UnusableProfile([*problems, *error.problems]) from error
    if problems:
        raise UnusableProfile(problems)
    return _as_content(parsed)


def _domains(values: list[str] | tuple[str, ...]) -> tuple[list[str], list[str]]:
    domains: list[str] = []
    problems: list[str] = []
    for value in values:
        try:
            domains.append(normalize_domain(value))
        except DomainError as error:
            problems.append(f"exemplars: {error}")
    return domains, problems


def _as_content(parsed: ParsedProfile) -> dict[str, Any]:
    return {
        "topics": [
            {"id": topic.id, "text": topic.text, "weight": topic.weight, "stance": topic.stance.value}
            for topic in parsed.topics
        ],
        "exemplars": list(parsed.exemplars),
        "languages": list(parsed.languages),
        "countries": list(parsed.countries),
        "signals": [{"name": rule.name, "weight": rule.weight} for rule in parsed.signals],
        "exemplar_weight": parsed.exemplar_weight,
    }


def _put_in_force(session: Session, program: Program, content: dict[str, Any], *, note: str, actor: User) -> FitProfile:
    last = session.scalar(select(func.max(FitProfile.version)).where(FitProfile.program_id == program.id)) or 0
    profile = FitProfile(
        program_id=program.id,
        version=last + 1,
        is_current=True,
        content=content,
        note=note.strip()[:MAX_NOTE],
        created_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.execute(
                update(FitProfile)
                .where(FitProfile.program_id == program.id, FitProfile.is_current.is_(True))
                .values(is_current=False)
            )
            session.add(profile)
    except IntegrityError:
        # The unique indexes on version and on the one in force let exactly one of two savers through.
        raise Conflict(_overtaken(None)) from None
    asked = request_scores(session, program.id)
    record_audit(
        session,
        "profile.saved",
        subject=f"fit_profile:{profile.id}",
        actor_id=actor.id,
        program_id=program.id,
        details={"version": profile.version, "prospects_to_score": asked},
    )
    return profile


def _overtaken(in_force: FitProfile | None) -> str:
    if in_force is None:
        return _(
            "Somebody saved another version of this profile while you edited. Your text is kept below: open the "
            "profile in a second tab, compare, and save again to replace it."
        )
    return _(
        "Somebody saved version %(version)s of this profile while you edited. Your text is kept below: open the "
        "profile in a second tab, compare, and save again to replace it.",
        version=in_force.version,
    )
