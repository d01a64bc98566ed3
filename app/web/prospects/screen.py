"""Everything the prospect page shows, read in one transaction with a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import FitProfile, Program, Prospect, Stage, User, moves_by_person, needs_decision
from app.queries import company_facts as facts
from app.queries import prospect as prospects
from app.queries.breakdown import ScoreBreakdown
from app.queries.competitors import CompetitorLink, competitor_links_of
from app.queries.contact_confidence import Confidence, confidence_of
from app.queries.duplicates import Alike, alike
from app.queries.neighbors import Neighbor
from app.queries.partner import partnership_id_of
from app.queries.prospect_application import ShownApplication, newest_application
from app.queries.prospect_files import KeptFile, kept_files
from app.queries.reading import ReadingProgress, reading_progress
from app.queries.table_fields import ShownField, shown_fields
from app.queries.tags import TagName, tags_on
from app.queries.tasks import TaskRow, prospect_tasks
from app.queries.timeline import timeline
from app.queries.timeline_entry import Timeline, TimelineGroup
from app.queries.watch import SiteRevision, site_revisions
from app.services.access import Permission, program_for
from app.services.errors import NotFound
from app.services.fit import current_profile
from app.services.outreach_panel import OutreachPanel, outreach_panel
from app.web.prospects.forms import ContactForm, NoteForm
from app.web.prospects.opened_from import OpenedFrom


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPanel:
    """How the reading of the site stands: steps, the newest crawl and its receipts."""

    progress: ReadingProgress
    crawl: facts.CrawlSummary | None
    receipts: Sequence[facts.ShownReceipt]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProspectScreen:
    """The values of one prospect page; templates call it `screen`."""

    program: Program
    prospect: prospects.ProspectHeader
    previous: Neighbor | None
    next: Neighbor | None
    opened_from: OpenedFrom
    owners: Sequence[prospects.Person]
    profile: FitProfile | None
    score: ScoreBreakdown | None
    reading: ReadingPanel
    pages: Sequence[facts.SavedPage]
    signals: Sequence[facts.FoundSignal]
    competitor_links: Sequence[CompetitorLink]
    contacts: Sequence[facts.KnownContact]
    confidence: Mapping[int, Confidence]
    timeline: Timeline
    group: TimelineGroup | None
    outreach: OutreachPanel
    history: Sequence[prospects.StageStep]
    tasks: Sequence[TaskRow]
    revisions: Sequence[SiteRevision]
    partnership_id: int | None
    fields: Sequence[ShownField]
    files: Sequence[KeptFile]
    alike: Sequence[Alike]
    tags: Sequence[TagName]
    application: ShownApplication | None

    def targets(self, *, may_decide: bool) -> list[tuple[Stage, bool]]:
        """Return the stages the prospect may go to, each with whether it asks for words first."""
        reachable = moves_by_person(self.prospect.stage)
        return [
            (stage, needs_decision(stage) or stage is Stage.DORMANT)
            for stage in reachable
            if may_decide or not needs_decision(stage)
        ]


@dataclass(frozen=True, slots=True)
class TypedFields:
    """The program's own fields as a person sent them, by field id, and what is wrong with them (as `field-<id>`)."""

    values: Mapping[int, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


@dataclass(slots=True)
class Typed:
    """Forms of the page as the person sent them, so that a refused one keeps its text."""

    note: NoteForm = field(default_factory=lambda: NoteForm(formdata=None))
    contact: ContactForm = field(default_factory=lambda: ContactForm(formdata=None))
    owner_error: str = ""
    file_error: str = ""
    fields: TypedFields = field(default_factory=TypedFields)


def prospect_in(
    session: Session, user: User, slug: str, prospect_id: int, permission: Permission
) -> tuple[Program, Prospect]:
    """Return a program the user works in and one of its prospects; raises NotFound or NotAllowed."""
    program = program_for(session, user, slug, permission)
    prospect = session.get(Prospect, prospect_id)
    if prospect is None or prospect.program_id != program.id:
        raise NotFound(_("There is no such prospect in this program; it may have been removed."))
    return program, prospect


def load_screen(
    session: Session,
    program: Program,
    prospect_id: int,
    *,
    opened_from: OpenedFrom,
    before: datetime | None = None,
    group: TimelineGroup | None = None,
) -> ProspectScreen:
    """Read the page of a prospect that access was checked for; `before` and `group` ask for a part of the timeline."""
    header = prospects.prospect_header(session, prospect_id)
    pages = facts.saved_pages(session, header.company_id)
    page_ids = facts.page_ids(pages)
    contacts = facts.contacts(session, header.company_id)
    previous, following = opened_from.neighbors(session, header)
    return ProspectScreen(
        program=program,
        prospect=header,
        previous=previous,
        next=following,
        opened_from=opened_from,
        owners=prospects.possible_owners(session, program.id),
        profile=current_profile(session, program.id),
        score=prospects.newest_score(session, prospect_id, page_ids=page_ids),
        reading=load_reading(session, header),
        pages=pages,
        signals=facts.signals(session, header.company_id, pages=page_ids),
        competitor_links=competitor_links_of(session, program.id, header.company_id),
        contacts=contacts,
        confidence=confidence_of(session, header.company_id, header.domain, contacts),
        timeline=timeline(session, prospect_id=prospect_id, company_id=header.company_id, before=before, group=group),
        group=group,
        history=prospects.stage_history(session, prospect_id),
        tasks=prospect_tasks(session, prospect_id),
        outreach=outreach_panel(session, session.get_one(Prospect, prospect_id)),
        revisions=site_revisions(session, header.company_id, pages=page_ids),
        partnership_id=partnership_id_of(session, prospect_id),
        fields=shown_fields(session, program.id, prospect_id),
        files=kept_files(session, prospect_id),
        alike=alike(session, program.id, header.company_id),
        tags=tags_on(session, [prospect_id]).get(prospect_id, ()),
        application=newest_application(session, prospect_id),
    )


def load_reading(session: Session, header: prospects.ProspectHeader) -> ReadingPanel:
    """Read the state of the newest crawl alone, as the page asks for it while one is under way."""
    crawl = facts.newest_crawl(session, header.company_id)
    return ReadingPanel(
        progress=reading_progress(crawl, header.fit_state),
        crawl=crawl,
        receipts=facts.receipts(session, crawl.id) if crawl else (),
    )


def template_values(screen: ProspectScreen, typed: Typed) -> dict[str, Any]:
    """Return what the page's template is given."""
    return {
        "screen": screen,
        "program": screen.program,
        "prospect": screen.prospect,
        "reading": screen.reading,
        "typed": typed,
    }
