"""Precision and recall of the classifier per kind: `python -m bench.classify [FOLDER ...]`.

FOLDER is a folder of case files below tests/data/outreach; without one, all of them, each on its own.
"""

from __future__ import annotations

import sys
import time

from outreach.inbound import InboundKind, classify
from tests.unit.outreach.mailcases import DATA, MailCase, cases_of


def main(folders: list[str]) -> int:
    """Print the table and every wrong case; returns 1 if there is one."""
    wrong = 0
    for folder in folders or sorted(path.name for path in DATA.iterdir() if path.is_dir()):
        wrong += _report(folder, cases_of(folder))
    return 1 if wrong else 0


def _report(folder: str, cases: list[MailCase]) -> int:
    started = time.perf_counter()
    judged = [(case, classify(case.raw)) for case in cases]
    took_ms = (time.perf_counter() - started) * 1000 / max(1, len(cases))
    print(f"{folder}: {len(cases)} mails, {took_ms:.1f} ms each")
    for kind in InboundKind:
        said = [case for case, found in judged if found.kind is kind]
        meant = [case for case in cases if case.kind == kind]
        right = [case for case in said if case.kind == kind]
        print(f"  {kind:12} cases {len(meant):3}  precision {_share(right, said)}  recall {_share(right, meant)}")
    named = [(case, found) for case, found in judged if case.recipients]
    right = [case for case, found in named if sorted(found.recipients) == sorted(case.recipients)]
    print(f"  recipients right {len(right)}/{len(named)}")
    for case, found in judged:
        if found.kind != case.kind:
            print(f"  WRONG {case.name}: {case.kind} taken for {found.kind} ({found.reason[:100]})")
        elif case.recipients and sorted(found.recipients) != sorted(case.recipients):
            print(f"  RECIPIENTS {case.name}: {found.recipients} instead of {case.recipients}")
    return sum(found.kind != case.kind for case, found in judged)


def _share(part: list[MailCase], whole: list[MailCase]) -> str:
    return f"{len(part) / len(whole):.3f}" if whole else "  -  "


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
