"""Asking for many: their sites to be read again, their scores to be computed again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import ACTIVE_CRAWL_STATES, Company, Crawl, CrawlState, FitState, Program, Prospect, User
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed
from app.services.crawls import cancel_crawl, request_crawl
from app.services.fit import request_score


class RecrawlAct:
    """Read sites again. Undo takes back what still waits."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.CRAWL

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return no parameters."""
        return {}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Read the sites again")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out whose site is being read, and whose owner asked us not to."""
        return [
            Skip(_("The owner of the site asked us not to read it."), Company.opted_out_at.is_not(None)),
            Skip(_("Its site is being read already."), Company.crawl_state.in_(ACTIVE_CRAWL_STATES)),
        ]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Ask for one site."""
        crawl = request_crawl(session, prospect.company_id, requested_by_id=actor.id)
        return {"crawl_id": crawl.id}

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Cancel one that nobody began to read."""
        crawl = session.get(Crawl, before["crawl_id"])
        if crawl is None or crawl.state is not CrawlState.WAITING:
            return _("Its site was read already, or is being read.")
        cancel_crawl(session, crawl.id, by_user_id=actor.id)
        return ""


class RescoreAct:
    """Compute scores again from what was read."""

    is_undoable = False

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.CRAWL

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return no parameters."""
        return {}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Compute the scores again")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out whose site nobody looked at yet, and who waits for a score already."""
        unread = Company.read_at.is_(None) & (Company.crawl_outcome == "")
        return [
            Skip(_("Its site was not read yet; it is scored when it is."), unread),
            Skip(_("Waits for its score already."), Prospect.fit_state == FitState.WAITING),
        ]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Ask for one score."""
        request_score(session, prospect)
        return {}

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Take nothing back: a score that is asked for is computed."""
        return _("A score cannot be taken back.")
