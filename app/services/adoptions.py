"""Learned weights: put in force by a person after a backtest, and taken back again."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Adoption, Backtest, BacktestState, Program, User
from app.services.audit import record_audit
from app.services.errors import Conflict, NotFound
from app.services.fit import current_profile, request_scores


def adopt_weights(session: Session, program: Program, backtest_id: int, *, actor: User) -> Adoption:
    """Put in force what a backtest's decisions taught; every prospect is scored again with it.

    Raises NotFound for a backtest of another program, and Conflict, in words, where it could not say enough, found
    the learned weights worse, or was made on another version of the profile.
    """
    test = session.scalar(select(Backtest).where(Backtest.id == backtest_id, Backtest.program_id == program.id))
    if test is None:
        raise NotFound(_("There is no such backtest in this program."))
    _check(session, program, test)
    withdrawn = _withdraw(session, program, actor=actor)
    row = Adoption(
        program_id=program.id,
        backtest_id=test.id,
        embedding_model=test.embedding_model,
        head=test.head,
        decisions=test.head["decisions"],
        approved=test.head["approved"],
        verdict=test.result["verdict"],
        adopted_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(_("Somebody adopted other weights at the same moment. Look at them first.")) from None
    _record(session, "weights.adopted", row, actor=actor, program=program, replaced=withdrawn)
    return row


def roll_back_weights(session: Session, program: Program, *, actor: User) -> Adoption:
    """Score with the profile alone again; raises Conflict where nothing was adopted."""
    row = _withdraw(session, program, actor=actor)
    if row is None:
        raise Conflict(_("No learned weights are in force, so there is nothing to roll back."))
    _record(session, "weights.withdrawn", row, actor=actor, program=program, replaced=None)
    return row


def _check(session: Session, program: Program, test: Backtest) -> None:
    profile = current_profile(session, program.id)
    if test.state is not BacktestState.DONE or not test.result.get("enough") or not test.head:
        raise Conflict(_("This backtest could not say enough to adopt anything. Keep deciding, and run it again."))
    if test.result.get("is_worse"):
        raise Conflict(_("This backtest found the learned weights worse than the profile alone, so they stay out."))
    if profile is None or test.profile_id != profile.id:
        raise Conflict(_("The fit profile was changed after this backtest. Run it again on the version in force."))


def _withdraw(session: Session, program: Program, *, actor: User) -> Adoption | None:
    row = session.scalar(
        select(Adoption).where(Adoption.program_id == program.id, Adoption.withdrawn_at.is_(None)).with_for_update()
    )
    if row is not None:
        row.withdrawn_at, row.withdrawn_by_id = now(), actor.id
        session.flush()
    return row


def _record(
    session: Session, action: str, row: Adoption, *, actor: User, program: Program, replaced: Adoption | None
) -> None:
    asked = request_scores(session, program.id)
    details = {"backtest": row.backtest_id, "decisions": row.decisions, "prospects_to_score": asked}
    if replaced is not None:
        details["replaces"] = replaced.id
    record_audit(
        session,
        action,
        subject=f"adoption:{row.id}",
        actor_id=actor.id,
        program_id=program.id,
        details=details,
    )
