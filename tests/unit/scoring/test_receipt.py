"""A frozen score comes out again bit for bit, and changed evidence is noticed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scoring.decisions import Decision
from scoring.errors import InputProblem
from scoring.receipt import make_receipt, recompute, thaw_rules
from tests.unit.scoring.worlds import make_scorer, make_world


def test_a_receipt_survives_json_bit_for_bit() -> None:
    sites = make_world(40)
    decisions = [Decision(site, number % 3 == 0) for number, site in enumerate(sites[:24])]
    scorer = make_scorer().learned(decisions, corpus=sites[24:])
    for site in sites[24:]:
        result = scorer.score(site)
        receipt = json.loads(json.dumps(make_receipt(scorer.rules, site, result)))
        assert recompute(receipt, site) == result.score


def test_changed_evidence_is_refused() -> None:
    site, scorer = make_world(1)[0], make_scorer()
    receipt = make_receipt(scorer.rules, site, scorer.score(site))
    with pytest.raises(InputProblem, match="not what the decision saw"):
        recompute(receipt, replace(site, language="pl"))


def test_another_version_is_refused() -> None:
    with pytest.raises(InputProblem, match="version 99"):
        thaw_rules({"version": 99})
