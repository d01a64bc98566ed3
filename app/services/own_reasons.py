"""Reasons that a program adds to the built-in ones: added, changed, ordered, retired. Nothing that was used is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Program, User
from app.models.program_settings import OwnReason, ReasonKind
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.hand_order import move_up
from app.services.plain_text import clean_line

MAX_REASONS, MAX_LABEL, MAX_WORDS = 30, 80, 300
LANGUAGES = ("en", "pl", "de")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonContent:
    """What a reason is called, what applicants read by language, and what to change; only declines are read."""

    label: str
    words: Mapping[str, str]
    changes: Mapping[str, str] = field(default_factory=dict)


def own_reasons(session: Session, program_id: int, kind: ReasonKind, *, retired: bool = False) -> list[OwnReason]:
    """Return a program's own reasons of a kind in their order: those in use, or those that were retired."""
    has_ended = OwnReason.retired_at.is_not(None) if retired else OwnReason.retired_at.is_(None)
    rows = select(OwnReason).where(OwnReason.program_id == program_id, OwnReason.kind == kind, has_ended)
    return list(session.scalars(rows.order_by(OwnReason.position, OwnReason.id)))


def reasons_by_code(session: Session, program_id: int, codes: Iterable[str]) -> dict[str, OwnReason]:
    """Return the program's own reasons among these codes, retired ones too, for what was said with them."""
    own = [code for code in codes if code.startswith("own_")]
    if not own:
        return {}
    rows = select(OwnReason).where(OwnReason.program_id == program_id, OwnReason.code.in_(own))
    return {row.code: row for row in session.scalars(rows)}


def reason_in(session: Session, program: Program, reason_id: int) -> OwnReason:
    """Return a reason of a program that access was checked for; raises NotFound."""
    found = session.get(OwnReason, reason_id)
    if found is None or found.program_id != program.id:
        raise NotFound(_("This program has no such reason of its own."))
    return found


def add_reason(
    session: Session, program: Program, kind: ReasonKind, content: ReasonContent, *, actor: User
) -> OwnReason:
    """Add a reason behind the others of its kind. Raises InvalidInput (fields `label`, `words_en` …)."""
    known = own_reasons(session, program.id, kind)
    if len(known) >= MAX_REASONS:
        raise InvalidInput(
            {"label": _("%(most)s reasons of one kind are the most. Retire one first.", most=MAX_REASONS)}
        )
    label, words, changes = _checked(kind, content, known)
    reason = OwnReason(
        program_id=program.id,
        kind=kind,
        code="own_",
        label=label,
        words=words,
        changes=changes,
        position=max((each.position for each in known), default=0) + 1,
        created_by_id=actor.id,
    )
    session.add(reason)
    session.flush()
    reason.code = f"own_{reason.id}"
    _note(session, "reason.added", reason, actor)
    return reason


def change_reason(session: Session, reason: OwnReason, content: ReasonContent, *, actor: User) -> None:
    """Change a reason's name and words, for what was said with it too. Raises InvalidInput as add_reason does."""
    others = [each for each in own_reasons(session, reason.program_id, reason.kind) if each.id != reason.id]
    reason.label, reason.words, reason.changes = _checked(reason.kind, content, others)
    _note(session, "reason.changed", reason, actor)


def retire_reason(session: Session, reason: OwnReason, *, actor: User) -> None:
    """Let nobody choose a reason any more; where it was given it stays."""
    reason.retired_at = now()
    _note(session, "reason.retired", reason, actor)


def restore_reason(session: Session, reason: OwnReason, *, actor: User) -> None:
    """Let a retired reason be chosen again. Raises InvalidInput where another one took its name meanwhile."""
    if reason.retired_at is None:
        return
    others = own_reasons(session, reason.program_id, reason.kind)
    if len(others) >= MAX_REASONS:
        raise InvalidInput(
            {"label": _("%(most)s reasons of one kind are the most. Retire one first.", most=MAX_REASONS)}
        )
    content = ReasonContent(label=reason.label, words=reason.words, changes=reason.changes)
    _checked(reason.kind, content, others)
    reason.retired_at = None
    _note(session, "reason.restored", reason, actor)


def raise_reason(session: Session, reason: OwnReason, *, actor: User) -> None:
    """Move a reason one place up among those of its kind."""
    if move_up(own_reasons(session, reason.program_id, reason.kind), reason):
        _note(session, "reason.moved", reason, actor)


def _checked(
    kind: ReasonKind, content: ReasonContent, others: list[OwnReason]
) -> tuple[str, dict[str, str], dict[str, str]]:
    label = clean_line(content.label)
    problems = {}
    if not 1 <= len(label) <= MAX_LABEL:
        problems["label"] = _("Name the reason, in %(most)s characters at most.", most=MAX_LABEL)
    elif label.casefold() in {each.label.casefold() for each in others}:
        problems["label"] = _("There is a reason “%(label)s” already. Choose another name.", label=label)
    words, changes = _lines(content.words), _lines(content.changes)
    for name, texts in (("words", words), ("change", changes)):
        problems |= {
            f"{name}_{code}": _("At most %(most)s characters; this has %(count)s.", most=MAX_WORDS, count=len(text))
            for code, text in texts.items()
            if len(text) > MAX_WORDS
        }
        if kind is ReasonKind.DECLINE and texts and "en" not in texts:
            problems[f"{name}_en"] = _("Write it in English too: whoever reads neither Polish nor German gets that.")
    if kind is ReasonKind.DECLINE and changes and not words:
        problems["words_en"] = _("Say first why, then what to change.")
    if problems:
        raise InvalidInput(problems)
    return (label, words, changes) if kind is ReasonKind.DECLINE else (label, {}, {})


def _lines(texts: Mapping[str, str]) -> dict[str, str]:
    return {code: text for code in LANGUAGES if (text := clean_line(texts.get(code, "")))}


def _note(session: Session, action: str, reason: OwnReason, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"reason:{reason.id}",
        actor_id=actor.id,
        program_id=reason.program_id,
        details={"label": reason.label, "kind": reason.kind.value},
    )
