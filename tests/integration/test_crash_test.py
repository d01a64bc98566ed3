"""The crash test itself, small: real workers killed, a flushed queue, a database that goes away, a rude provider."""

from collections import Counter
from pathlib import Path

import pytest

from app.cli.crash.provider import FakeProvider, Manner
from app.cli.crash.run import Plan, run
from app.cli.crash.verdict import Verdict
from app.cli.crash_test import drop_database, fresh_database
from app.queries.ledger import Equation
from tests.conftest import DATABASE_URL


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.both_servers
@pytest.mark.timeout(300)
def test_killed_workers_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    url = fresh_database(DATABASE_URL, seed=7) if DATABASE_URL else f"sqlite+pysqlite:///{tmp_path / 'crash.db'}"
    said: list[str] = []
    try:
        verdict = run(Plan(3, 40, 2, 7, url, tmp_path, said.append))
    finally:
        if DATABASE_URL:
            drop_database(url)
    assert verdict.is_good, "\n".join([*said, str(verdict)])
    assert verdict.equation.planned == 40
    assert verdict.uncertain_but_sent == 0, "an event settles every doubt about a mail that was taken"
    assert verdict.kills == 3


def test_the_provider_is_rude_in_every_manner_and_alike_for_one_seed() -> None:
    def manners(seed: int) -> list[Manner]:
        provider = FakeProvider(seed=seed, silence_s=0.0, on_taken=lambda _mail: None)
        thrown = [provider.throw()[0] for _ in range(3_000)]
        provider.start()
        provider.stop()
        return thrown

    assert set(Counter(manners(1))) == set(Manner)
    assert manners(1) == manners(1) != manners(2)


@pytest.mark.parametrize(
    ("changes", "is_good"),
    [
        ({}, True),
        ({"lost": ["a@b.example"]}, False),
        ({"doubled": ["a@b.example"]}, False),
        ({"by_dead_workers": 3}, False),
        ({"equation": Equation(10, 8, 0, 0, 1, 0)}, False),
        ({"enrolled": 11}, False),
    ],
)
def test_the_verdict_can_fail(changes: dict[str, object], is_good: bool) -> None:
    values: dict[str, object] = {
        "equation": Equation(10, 8, 0, 0, 2, 0),
        "enrolled": 10,
        "lost": [],
        "doubled": [],
        "uncertain": 2,
        "uncertain_but_sent": 0,
        "settled": 1,
        "by_dead_workers": 2,
        "kills": 2,
    }
    assert Verdict(**values | changes).is_good is is_good  # type: ignore[arg-type]
