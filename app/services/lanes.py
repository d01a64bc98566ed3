"""Programs side by side: which ones a person has there, which pipelines they folded, and adding a company elsewhere."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect, User
from app.queries.lanes import Half, LaneProgram
from app.queries.prospect import possible_owners
from app.services.discover.adding import Added, add_by_address
from app.services.views import habit_row


def choose_lanes(session: Session, programs: Sequence[LaneProgram], slugs: Collection[str], *, actor: User) -> None:
    """Remember which of the programs a person works in they have side by side; none is all of them."""
    for program in programs:
        is_chosen = program.slug in slugs
        if is_chosen is not program.is_chosen:
            habit_row(session, program.id, actor.id).is_in_lanes = is_chosen


def fold_lane(session: Session, program: Program, half: Half, *, is_folded: bool, actor: User) -> None:
    """Remember that a person folded a pipeline of a program, or opened it again."""
    habit = habit_row(session, program.id, actor.id)
    folded = set(habit.folded_lanes) - {half.value} | ({half.value} if is_folded else set())
    habit.folded_lanes = [each.value for each in Half if each.value in folded]


def add_elsewhere(session: Session, prospect: Prospect, program: Program, *, actor: User) -> Added:
    """Make a prospect of the same company in another program; one that is there already is returned as it is.

    What was written and agreed in the first program stays there. Raises InvalidInput for a company without a site of
    its own.
    """
    company = session.get_one(Company, prospect.company_id)
    members = {person.id for person in possible_owners(session, program.id)}
    owner_id = actor.id if actor.id in members else None
    return add_by_address(session, program, company.domain, owner_id=owner_id, by_user_id=actor.id)
