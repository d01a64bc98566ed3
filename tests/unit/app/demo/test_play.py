"""The demo's people decide once there are scores, so that the report on the score has something to say."""

from sqlalchemy.orm import Session

from app.demo.board import IMPORT_FILES
from app.demo.play import OPINIONS, decide_scored
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import FitScore, FitState, Stage
from app.queries.reports.fit import fit_calibration
from app.queries.reports.scope import Scope
from tests.world import make_profile, make_program, make_prospect, make_user


def test_who_has_a_score_is_decided_about_and_shows_in_the_calibration(session: Session) -> None:
    people = [make_user(session, email=f"{name}@example.com") for name in ("theo", "amara")]
    program = make_program(session, *people, slug=AFTERGLOW_PARTNERS.slug)
    profile = make_profile(session, program)
    prospects = [make_prospect(session, program, opinion.domain) for opinion in OPINIONS]
    scope = Scope(programs={program.id: program.name})
    assert decide_scored(session) == len(OPINIONS)
    assert fit_calibration(session, scope).picture.bars == ()
    silent, moved, *scored = prospects
    silent.fit_state = FitState.NO_EVIDENCE
    moved.stage = Stage.DORMANT
    for number, prospect in enumerate([moved, *scored]):
        prospect.fit_state = FitState.SCORED
        score = FitScore(profile_id=profile.id, score=7.0 * number, why_null="", parts=[], model_id="m")
        score.prospect_id = prospect.id
        session.add(score)
    session.flush()
    assert decide_scored(session) == 0
    decided = sum(int(bar.note.split()[-1]) for bar in fit_calibration(session, scope).picture.bars)
    assert decided == len(scored)
    assert (silent.stage, moved.stage) == (Stage.SOURCED, Stage.DORMANT)


def test_all_opinions_are_of_companies_in_the_demo() -> None:
    listed = IMPORT_FILES[AFTERGLOW_PARTNERS.slug].read_text()
    assert [opinion.domain for opinion in OPINIONS if opinion.domain not in listed] == []
