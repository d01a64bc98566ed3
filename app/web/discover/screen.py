"""What the Discover screens are drawn from, and the words they use for states and verdicts, said where shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_login import current_user
from sqlalchemy.orm import Session

from app.languages import mark
from app.models import ACTIVE_DISCOVERY_STATES, Discovery, DiscoveryState, Program
from app.queries.competitors import CompetitorLine, CompetitorLink, competitors_of, links_to_competitors
from app.queries.discoveries import (
    CandidateLine,
    CandidateVerdict,
    DiscoveryLine,
    DiscoveryView,
    discovery_view,
    list_discoveries,
)
from app.queries.prospect import Person, possible_owners
from app.web.discover.forms import AddForm, CompetitorForm, SearchForm

STATE_LABELS = {
    DiscoveryState.WAITING: (mark("Waiting"), "blue"),
    DiscoveryState.READING: (mark("Reading"), "blue"),
    DiscoveryState.FOUND: (mark("Done"), "green"),
    DiscoveryState.FAILED: (mark("Nothing found"), "red"),
    DiscoveryState.CANCELED: (mark("Canceled"), "neutral"),
}
VERDICT_LABELS = {
    CandidateVerdict.NEW: (mark("New"), "green"),
    CandidateVerdict.KNOWN: (mark("Known company"), "violet"),
    CandidateVerdict.COMPETITOR: (mark("Competitor"), "amber"),
    CandidateVerdict.IN_PROGRAM: (mark("In this program"), "neutral"),
    CandidateVerdict.ADDED: (mark("Added from here"), "blue"),
    CandidateVerdict.OPTED_OUT: (mark("Opted out"), "red"),
    CandidateVerdict.SKIPPED: (mark("Left out"), "neutral"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person narrowed the preview to: words to look for, and which boxes to tick (`new`, `all`, `none`)."""

    words: str = ""
    ticked: str = "new"

    def shows(self, line: CandidateLine) -> bool:
        """Say whether a candidate has the words in its name, domain or line."""
        wanted = self.words.casefold()
        return wanted in line.name.casefold() or wanted in line.domain or wanted in line.context.casefold()

    def ticks(self, line: CandidateLine) -> bool:
        """Say whether a candidate's box starts ticked."""
        if not line.may_be_chosen or self.ticked == "none":
            return False
        return self.ticked == "all" or line.verdict is CandidateVerdict.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryScreen:
    """The page of one discovery."""

    program: Program
    view: DiscoveryView
    owners: Sequence[Person]
    chosen: Chosen = Chosen()
    problem: str = ""

    @property
    def discovery(self) -> Discovery:
        """Return the discovery itself."""
        return self.view.discovery

    @property
    def is_moving(self) -> bool:
        """Say whether the page should be looked at again soon."""
        return self.discovery.state in ACTIVE_DISCOVERY_STATES

    @property
    def lines(self) -> list[CandidateLine]:
        """Return the companies to choose from and those that are there already, narrowed down."""
        skipped = CandidateVerdict.SKIPPED
        return [line for line in self.view.candidates if line.verdict is not skipped and self.chosen.shows(line)]

    @property
    def skipped(self) -> list[CandidateLine]:
        """Return the links that lead to no company."""
        return [line for line in self.view.candidates if line.verdict is CandidateVerdict.SKIPPED]

    @property
    def default_owner_id(self) -> int | None:
        """Return the person who looks, where they work in the program."""
        return current_user.id if any(person.id == current_user.id for person in self.owners) else None

    @property
    def counts(self) -> list[tuple[str, int, str]]:
        """Return label, number and tone of each kind of candidate there is, what can be brought in first."""
        found = [(label, self.view.count(verdict), tone) for verdict, (label, tone) in VERDICT_LABELS.items()]
        return [line for line in found if line[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexScreen:
    """The first page of the area."""

    program: Program
    discoveries: Sequence[DiscoveryLine]
    competitors: Sequence[CompetitorLine]
    links: Sequence[CompetitorLink]


@dataclass(slots=True)
class Typed:
    """Forms of the first page as the person sent them, so that a refused one keeps its text."""

    search: SearchForm = field(default_factory=lambda: SearchForm(formdata=None))
    add: AddForm = field(default_factory=lambda: AddForm(formdata=None))
    competitor: CompetitorForm = field(default_factory=lambda: CompetitorForm(formdata=None))


def load_index(session: Session, program: Program) -> IndexScreen:
    """Read the first page of the area."""
    return IndexScreen(
        program=program,
        discoveries=list_discoveries(session, program.id),
        competitors=competitors_of(session, program.id),
        links=links_to_competitors(session, program.id),
    )


def load_discovery(
    session: Session, program: Program, discovery: Discovery, chosen: Chosen, *, problem: str = ""
) -> DiscoveryScreen:
    """Read the page of one discovery."""
    return DiscoveryScreen(
        program=program,
        view=discovery_view(session, discovery),
        owners=possible_owners(session, program.id),
        chosen=chosen,
        problem=problem,
    )
