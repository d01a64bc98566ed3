"""What a changed fit profile would do to a program's own prospects, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Adoption, FitProfile, Prospect
from app.queries.fit_corpus import ProgramCorpus, corpus_size, program_corpus, scorer_among, texts_in
from app.queries.fit_matrix import ProgramMatrix, program_matrix
from app.queries.site_evidence import company_ids, load_evidence
from scoring.embedder import Embedder
from scoring.preview import Move, preview
from scoring.profile import parse_profile
from scoring.receipt import thaw_head, with_head
from scoring.rescore import GATE_PART
from scoring.rules import Rules

SHOWN = 8
TOP = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedMove:
    """One prospect before and after; `because` says which part moved it, `gained` by how many points."""

    prospect_id: int
    name: str
    domain: str
    before: float
    after: float
    rank_before: int
    rank_after: int
    because: str
    gained: float

    @property
    def climbed(self) -> int:
        """Return how many places it moves up; negative for down."""
        return self.rank_before - self.rank_after


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePreview:
    """Who moves how far; `top` is the N of entered and left, `without_number` the prospects nothing changes for.

    `has_before` is False for a program's first profile: then all ranks before mean nothing.
    """

    compared: int
    without_number: int
    changed: int
    top: int
    has_before: bool
    up: Sequence[PreviewedMove] = ()
    down: Sequence[PreviewedMove] = ()
    entered: Sequence[PreviewedMove] = ()
    left: Sequence[PreviewedMove] = ()
    best: Sequence[PreviewedMove] = ()


def profile_preview(
    session: Session, program_id: int, content: Mapping[str, Any], *, embedder: Embedder, top: int = TOP
) -> ProfilePreview:
    """Return what putting this checked content in force would change.

    Raises ProfileError where the content cannot be used. Only numbers in memory are ranked again; what this process
    measured before is not measured twice.
    """
    held = program_matrix(session, program_id, model_id=embedder.model_id)
    in_force = _in_force(session, program_id)
    learned = _learned(session, program_id, embedder.model_id)
    among = corpus_size(session, program_id, model_id=embedder.model_id, learned=learned)
    corpus = program_corpus(session, program_id, model_id=embedder.model_id, size=among)
    readings = _Readings(session, embedder, corpus, learned)
    new = readings.rules(content)
    if held is None:
        total = session.scalar(select(func.count()).where(Prospect.program_id == program_id)) or 0
        return ProfilePreview(compared=0, without_number=total, changed=0, top=top, has_before=in_force is not None)
    old = readings.rules(in_force) if in_force is not None else new
    moves = preview(old, new, held.matrix, known=held.known)
    return _told(moves, held, _Labels(in_force, content), top=min(top, len(held)), has_before=in_force is not None)


def _in_force(session: Session, program_id: int) -> dict[str, Any] | None:
    return session.scalar(
        select(FitProfile.content).where(FitProfile.program_id == program_id, FitProfile.is_current.is_(True))
    )


def _learned(session: Session, program_id: int, model_id: str) -> dict[str, Any] | None:
    return session.scalar(
        select(Adoption.head).where(
            Adoption.program_id == program_id,
            Adoption.withdrawn_at.is_(None),
            Adoption.embedding_model == model_id,
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Readings:
    """Makes rules of profiles as saving them would: among the same companies, with the same learned weights."""

    session: Session
    embedder: Embedder
    corpus: ProgramCorpus | None
    learned: Mapping[str, Any] | None

    def rules(self, content: Mapping[str, Any]) -> Rules:
        """Return the rules of a profile; raises ProfileError where it cannot be used."""
        parsed, model_id = parse_profile(content), self.embedder.model_id
        known = load_evidence(self.session, company_ids(self.session, parsed.exemplars), model_id=model_id)
        exemplars = [found.site for found in known.values() if found.site.passages]
        texts = texts_in(self.session, model_id=model_id)
        scorer = scorer_among(parsed, self.corpus, texts=texts, embedder=self.embedder, exemplars=exemplars)
        return with_head(scorer.rules, thaw_head(self.learned)) if self.learned else scorer.rules


class _Labels:
    """The words for a part, taken from the new profile, else from the one in force."""

    def __init__(self, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> None:
        self._words = {"exemplars": _("Likeness to the example companies"), GATE_PART: _("Language or country")}
        self._words["learned"] = _("What was learned from decisions")
        for content in (before or {}, after):
            self._words |= {str(topic["id"]): str(topic["text"]) for topic in content.get("topics") or ()}
            self._words |= {
                f"signal:{rule['name']}": str(rule["name"]).replace("_", " ").capitalize()
                for rule in content.get("signals") or ()
            }

    def __getitem__(self, part_id: str) -> str:
        return self._words.get(part_id, part_id)


def _told(moves: Sequence[Move], held: ProgramMatrix, labels: _Labels, *, top: int, has_before: bool) -> ProfilePreview:
    def told(chosen: Sequence[Move]) -> list[PreviewedMove]:
        return [
            PreviewedMove(
                prospect_id=held.prospect_ids[move.row],
                name=held.names[move.row],
                domain=move.domain,
                before=move.before,
                after=move.after,
                rank_before=move.rank_before,
                rank_after=move.rank_after,
                because=labels[move.because],
                gained=move.gained,
            )
            for move in chosen
        ]

    moved = [move for move in moves if move.climbed and move.is_changed]
    return ProfilePreview(
        compared=len(held),
        without_number=held.total - len(held),
        changed=sum(move.is_changed for move in moves),
        top=top,
        has_before=has_before,
        up=told([move for move in moved if move.climbed > 0][:SHOWN]),
        down=told([move for move in moved if move.climbed < 0][:SHOWN]),
        entered=told(_by_rank([move for move in moves if move.rank_after <= top < move.rank_before])),
        left=told(_by_rank([move for move in moves if move.rank_before <= top < move.rank_after])),
        best=told(_by_rank(moves)[:SHOWN]),
    )


def _by_rank(moves: Sequence[Move]) -> list[Move]:
    return sorted(moves, key=lambda move: (move.rank_after, move.rank_before))
