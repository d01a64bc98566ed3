"""The receipt of a decision: what the reviewer saw, and the same score computed again."""

from flask import render_template, request
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.models import Company
from app.queries.fit_receipts import decision_receipt
from app.services.access import Permission
from app.services.decisions import reason_labels
from app.services.errors import NotFound
from app.services.receipts import compute_again
from app.web.fit.blueprint import blueprint
from app.web.prospects.screen import prospect_in


@blueprint.get("/p/<slug>/prospects/<int:prospect_id>/receipts/<int:change_id>")
def receipt(slug: str, prospect_id: int, change_id: int) -> str:
    """Show a decision's receipt; `?again=1` computes its score anew, which changes nothing."""
    with reading() as session:
        program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.READ)
        found = decision_receipt(session, prospect, change_id)
        if found is None:
            raise NotFound(_("No decision belongs to this move of the prospect."))
        again = compute_again(session, found.decision) if request.args.get("again") else None
        company = session.get_one(Company, prospect.company_id)
        reasons = reason_labels(session, program.id, found.decision.reason_codes)
    return render_template(
        "fit/receipt.html",
        program=program,
        prospect=prospect,
        company=company,
        receipt=found,
        reasons=reasons,
        again=again,
        change_id=change_id,
    )
