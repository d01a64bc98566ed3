"""Keep what a number means: among a program's own companies a score is ranked anew, not graded on a curve.

Read among five hundred agencies, "an agency" is nothing special, and by what stands out there nearly all of them would
get next to nothing. So every topic's strengths are moved back to where they lie by the profile alone: over the corpus
their mean and deviation stay, only the order inside changes. It is a scaling of each reader, so rules stay linear.
"""

from __future__ import annotations

from dataclasses import replace

from scoring.corpus import Corpus
from scoring.readers import Reader
from scoring.rescore import measured_strengths
from scoring.rules import Rules


def on_scale_of(plain: Rules, tuned: Rules, corpus: Corpus) -> Rules:
    """Return tuned rules whose strengths have the mean and deviation over the corpus that the plain ones have."""
    wanted = measured_strengths(plain, corpus.matrix, known=corpus.known)
    found = measured_strengths(tuned, corpus.matrix, known=corpus.known)
    readers = []
    for column, reader in enumerate(tuned.readers):
        grown = float(wanted[:, column].std()) / max(float(found[:, column].std()), 1e-9)
        moved = float(wanted[:, column].mean()) - grown * float(found[:, column].mean())
        readers.append(_scaled(reader, grown=max(grown, 1e-6), moved=moved))
    return replace(tuned, readers=tuple(readers))


def _scaled(reader: Reader, *, grown: float, moved: float) -> Reader:
    """Return a reader whose strength is `grown` times the given one's plus `moved`."""
    spread = reader.spread / grown
    return replace(
        reader,
        spread=spread,
        usual=reader.usual - moved * spread,
        terms=tuple((term, grown * weight) for term, weight in reader.terms),
        usual_coverage=grown * reader.usual_coverage,
    )
