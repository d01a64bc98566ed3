"""Programs and partners, for reading."""

from typing import Any

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading
from app.models import Partnership, Program
from app.models.api_token import ApiScope
from app.queries.api_partners import ListFilter
from app.queries.api_partners import partners as list_partners
from app.services.api_tokens import program_of
from app.services.errors import Conflict, NotFound
from app.web.api.blueprint import blueprint, caller_with
from app.web.api.body import page_of_list

Content = dict[str, Any]
_FILTERS = ("external_id", "domain", "status")


@blueprint.get("/programs")
def programs() -> Content:
    """List the programs that the token reaches."""
    caller = caller_with(ApiScope.READ)
    query = select(Program.slug, Program.name, Program.type).where(Program.archived_at.is_(None))
    if caller.program_id is not None:
        query = query.where(Program.id == caller.program_id)
    with reading() as session:
        rows = session.execute(query.order_by(Program.name, Program.id)).all()
    return {"programs": [{"slug": row.slug, "name": row.name, "type": row.type.value} for row in rows]}


@blueprint.get("/programs/<slug>/partners")
def partners(slug: str) -> Content:
    """List partners by id, a page at a time; by the other platform's id or the domain, the ones it fits."""
    caller = caller_with(ApiScope.READ)
    chosen = filter_of_list()
    with reading() as session:
        found = list_partners(session, program_of(session, caller, slug).id, chosen)
    return page_of("partners", found, chosen, slug=slug)


def filter_of_list() -> ListFilter:
    """Return what the query string asks a list for. Raises InvalidInput."""
    after, limit = page_of_list()
    return ListFilter(
        after=after,
        limit=limit,
        external_id=request.args.get("external_id", "")[:200],
        domain=request.args.get("domain", "").strip().lower()[:253],
    )


def page_of(name: str, found: list[Content], chosen: ListFilter, *, slug: str) -> Content:
    """Return a page of a list with the address of the next one, None on the last."""
    shown = found[: chosen.limit]
    if len(found) <= chosen.limit:
        return {name: shown, "next": None}
    # What else was asked for holds for the next page too; anything strange in the query string does not.
    kept: dict[str, Any] = {key: request.args[key] for key in _FILTERS if request.args.get(key)}
    endpoint = request.endpoint or ""
    return {name: shown, "next": url_for(endpoint, slug=slug, after=shown[-1]["id"], limit=chosen.limit, **kept)}


def partner_called(session: Session, program: Program, external_id: str) -> Partnership:
    """Return the partner of a program whom the other program calls so. Raises NotFound, and Conflict for several."""
    wanted = external_id.strip()[:200]
    query = select(Partnership).where(Partnership.program_id == program.id, Partnership.external_id == wanted)
    found = session.scalars(query.limit(2)).all() if wanted else []
    if not found:
        raise NotFound(f"No partner in “{program.slug}” has the external id {wanted[:60]!r}. Its list names theirs.")
    if len(found) > 1:
        raise Conflict(
            f"Several partners in “{program.slug}” have the external id {wanted[:60]!r}. Use our id instead."
        )
    return found[0]


def partner_in(session: Session, program: Program, partner_id: int) -> Partnership:
    """Return a partner of a program. Raises NotFound for those of others too."""
    partnership = session.get(Partnership, partner_id)
    if partnership is None or partnership.program_id != program.id:
        raise NotFound(f"There is no partner {partner_id} in “{program.slug}”. Its list of partners names their ids.")
    return partnership
