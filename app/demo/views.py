"""Tags on the demo's prospects, and the views its team works with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, Program, Prospect, User
from app.models.view import ViewLayout
from app.services.tags import tag_prospect
from app.services.views import ViewContent, save_view

TAGS = {
    "nordkante.demo.test": ("DACH", "Shopify Plus"),
    "twelve-oaks-digital.demo.test": ("Shopify Plus", "Security review"),
    "liftwell.demo.test": ("Has results",),
    "cobbleworks.demo.test": ("Test store",),
    "inboxorchard.demo.test": ("Klaviyo",),
    "merchant-bench.demo.test": ("DACH",),
}
VIEWS = (
    ViewContent(
        name="Worth a first mail",
        is_team=True,
        query={"min": ["45"], "stage": ["sourced", "qualified"], "sort": ["fit"]},
    ),
    ViewContent(name="Next steps", is_team=True, layout=ViewLayout.SPLIT, query={"step": ["any"], "sort": ["next"]}),
    ViewContent(
        name="Who is written to",
        is_team=True,
        layout=ViewLayout.TABLE,
        query={
            "by": ["fit"],
            "col": ["name", "stage", "fit", "kind", "contact", "sequence", "country", "touch", "step", "owner"],
        },
    ),
    ViewContent(name="DACH and Plus", query={"tag": ["DACH", "Shopify Plus"]}),
)


def tag_and_keep_views(session: Session, program: Program, specialist: User) -> None:
    """Tag some prospects of the agencies' program and keep the specialist's views."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    rows = session.execute(
        select(Company.domain, Prospect)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program.id, Company.domain.in_(TAGS))
    )
    for domain, prospect in rows.all():
        tag_prospect(session, prospect, TAGS[domain], actor=specialist)
    for content in VIEWS:
        save_view(session, program, content, actor=specialist)
