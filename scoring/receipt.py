"""A receipt freezes what a decision saw, so that the same score can be computed again bit for bit."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import InputProblem
from scoring.evidence import SiteEvidence
from scoring.head import Head
from scoring.profile import SignalRule
from scoring.readers import Reader
from scoring.result import FitScore
from scoring.rules import Rules, judge
from scoring.view import view_site

VERSION = 1


def freeze_rules(rules: Rules) -> dict[str, Any]:
    """Return rules as JSON-ready data; vectors as base64 of little-endian float32, so no digit is lost."""
    data: dict[str, Any] = _plain(rules)
    return {"version": VERSION, **data}


def thaw_rules(data: Mapping[str, Any]) -> Rules:
    """Return the rules that `freeze_rules` wrote; raises InputProblem on another version."""
    if data.get("version") != VERSION:
        raise InputProblem(f"a receipt of version {data.get('version')!r} cannot be read; this engine reads {VERSION}")
    return Rules(
        model=data["model"],
        mean=_vector(data["mean"]),
        readers=tuple(map(_reader, data["readers"])),
        signals=tuple(SignalRule(**raw) for raw in data["signals"]),
        languages=tuple(data["languages"]),
        countries=tuple(data["countries"]),
        head=_head(data["head"]) if data["head"] else None,
    )


def freeze_head(head: Head) -> dict[str, Any]:
    """Return what was learned as JSON-ready data, for weights that a person adopts."""
    data: dict[str, Any] = _plain(head)
    return {"version": VERSION, **data}


def thaw_head(data: Mapping[str, Any]) -> Head:
    """Return what `freeze_head` wrote, whatever was kept beside it; raises InputProblem on another version."""
    if data.get("version") != VERSION:
        raise InputProblem(f"learned weights of version {data.get('version')!r} cannot be read; learn them again")
    own = {item.name for item in dataclasses.fields(Head)}
    return _head({key: value for key, value in data.items() if key in own})


def with_head(rules: Rules, head: Head) -> Rules:
    """Return rules that also weigh what was learned; their model id says from how many decisions."""
    return dataclasses.replace(rules, head=head, model=f"{rules.model}+{head.decisions}")


def _reader(raw: Mapping[str, Any]) -> Reader:
    terms = tuple((int(term), float(weight)) for term, weight in raw["terms"])
    return Reader(**{**raw, "direction": _vector(raw["direction"]), "terms": terms})


def _head(raw: Mapping[str, Any]) -> Head:
    calibration = tuple(raw["calibration"]) if raw["calibration"] else None
    terms = tuple((int(term), float(weight)) for term, weight in raw.get("terms", ()))
    return Head(**{**raw, "direction": _vector(raw["direction"]), "calibration": calibration, "terms": terms})


def make_receipt(rules: Rules, site: SiteEvidence, result: FitScore) -> dict[str, Any]:
    """Return what to keep with a decision: score, parts, model, rules and hashes of every passage and vector."""
    return {
        "domain": site.domain,
        "score": result.score,
        "why_null": result.why_null,
        "parts": [dataclasses.asdict(part) for part in result.parts],
        "model": result.model,
        "evidence": evidence_hash(site),
        "passages": [passage.content_hash for passage in site.passages],
        "rules": freeze_rules(rules),
    }


def recompute(receipt: Mapping[str, Any], site: SiteEvidence) -> float | None:
    """Return the score of a receipt computed anew from its evidence; raises InputProblem if that has changed."""
    if evidence_hash(site) != receipt["evidence"]:
        raise InputProblem(
            f"the evidence of {site.domain} is not what the decision saw; load the passages and vectors saved with it"
        )
    if receipt["score"] is None or site.vectors is None:
        return None
    rules = thaw_rules(receipt["rules"])
    return judge(rules, view_site(site, site.vectors, mean=rules.mean)).score


def evidence_hash(site: SiteEvidence) -> str:
    """Return a sha256 over passages, vectors, signals, language and country of a site."""
    digest = hashlib.sha256()
    for passage in site.passages:
        digest.update(f"{passage.url}\0{passage.start}\0{passage.end}\0{passage.content_hash}\n".encode())
    if site.vectors is not None:
        digest.update(np.ascontiguousarray(site.vectors, dtype="<f2").tobytes())
    for fact in site.signals:
        digest.update(repr(dataclasses.astuple(fact)).encode())
    digest.update(f"{site.language}\0{site.country}".encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return base64.b64encode(np.ascontiguousarray(value, dtype="<f4").tobytes()).decode()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _vector(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)
