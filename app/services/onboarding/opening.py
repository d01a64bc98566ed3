"""Opening the resource that a step points at: it is fetched, which counts, and the step is done by it."""

from sqlalchemy.orm import Session

from app.models import OnboardingAction, OnboardingPlan, Partnership, ResourceVersion
from app.services.errors import NotFound
from app.services.keeping.resources import count_download, version_for
from app.services.languages import gettext as _
from app.services.onboarding.doing import Sent, do_action, why_not_now
from app.services.onboarding.events import Doer


def resource_of(session: Session, partnership: Partnership, action: OnboardingAction) -> ResourceVersion:
    """Return the newest version of what a step points at.

    Raises NotFound where that is nothing of the library, or the partner may not see it (any more).
    """
    if "resource_id" not in action.settings:
        raise NotFound(_("This step has nothing to open."))
    return version_for(session, partnership, action.settings["resource_id"])


def open_resource(session: Session, plan: OnboardingPlan, action: OnboardingAction, by: Doer) -> ResourceVersion:
    """Return that version and count it; the step is done where it is the partner's to do now.

    The caller holds the plan. Raises as resource_of does.
    """
    partnership = session.get_one(Partnership, plan.partnership_id)
    version = resource_of(session, partnership, action)
    count_download(session, partnership, version)
    if not why_not_now(session, action):
        action.answer = action.answer | {"resource_version": version.number}
        do_action(session, plan, action, Sent(fields={"done": "y"}), by)
    return version
