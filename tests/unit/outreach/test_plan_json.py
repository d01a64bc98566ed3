"""The files of `plan`: bad ones are refused with every place, the documented ones give the documented plan."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from outreach.__main__ import main
from outreach.errors import InputProblem
from outreach.plan_json import sequence_of
from tests.unit.outreach.plancases import MONDAY_11, contact, plan

ROOT = Path(__file__).parents[3]


def test_every_problem_of_a_sequence_is_named_with_its_place() -> None:
    with pytest.raises(InputProblem) as caught:
        sequence_of(
            {
                "id": "",
                "window": {"days": ["mo"], "from": "17:00", "to": "9"},
                "steps": [
                    {"id": "a", "kind": "fax", "delay": {"days": -1}},
                    {"id": "a", "kind": "email", "too_late_hours": True, "dely": {}},
                ],
            }
        )

    assert caught.value.problems == [
        "window.days must be of mon, tue, wed, thu, fri, sat, sun, at least one",
        'window.to must be a time of day, such as "09:00"',
        "window.to must be later than from; a window cannot pass midnight",
        "id must be a text",
        "steps[0].kind must be one of email, task, wait",
        "steps[0].delay.days must be a whole number from 0 to 730",
        "steps[1].too_late_hours must be a whole number from 0 to 8,760",
        "steps[1].dely is not known here; see the docs for the keys",
        "steps has the id 'a' 2 times; ids must differ",
    ]


def test_a_sequence_without_steps_is_refused() -> None:
    with pytest.raises(InputProblem, match="steps must hold at least one step"):
        sequence_of({"id": "s", "steps": []})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"enrolled_at": "2025-03-03T10:00:00"}, "enrolled_at must be a time with its zone"),
        ({"contact": contact(time_zone="Mars/Base")}, "contact.time_zone 'Mars/Base' is no time zone"),
        ({"contact": contact(email="a@b.example\r\nBcc: x@y.example")}, "contact.email must be one address"),
        ({"contact": contact(email="a" * 400 + "@b.example")}, "contact.email must be one address"),
        ({"contact": None}, "contact must be an object"),
        ({"steps": [{"step": "nope", "state": "done", "at": MONDAY_11}]}, "steps names 'nope', which the sequence"),
        (
            {"events": [{"kind": "wink", "at": MONDAY_11}]},
            "events\\[0\\].kind must be auto_reply, bounce_soft or one of",
        ),
        ({"events": ["reply"]}, "events\\[0\\] must be an object"),
        ({"sender": {"transport": "pigeon"}}, "sender.transport must be one of sendgrid, smtp, outbox"),
        ({"rescheduled": {"first": "soon"}}, "rescheduled.first must be a time with its zone"),
    ],
)
def test_a_bad_enrollment_is_refused_with_the_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputProblem, match=said):
        plan(**changes)


def _documented(name: str) -> Any:
    text = (ROOT / "docs" / "engineering" / "outreach-engine.md").read_text(encoding="utf-8")
    found = re.search(rf"```json {name}\n(.*?)```", text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_documented_example_gives_the_documented_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("sequence", "enrollment"):
        (tmp_path / f"{name}.json").write_text(json.dumps(_documented(name)))
    files = [str(tmp_path / "sequence.json"), str(tmp_path / "enrollment.json")]

    assert main(["plan", *files, "--now", "2025-03-28T15:30:00+01:00"]) == 0
    assert json.loads(capsys.readouterr().out) == _documented("plan")


def test_the_command_line_refuses_a_time_without_zone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "a.json", "b.json", "--now", "2025-03-28T15:30:00"]) == 2
    assert "--now cannot be used: '2025-03-28T15:30:00' is no time with a zone" in capsys.readouterr().err
