"""Two fictional sites in English, Polish and German, scored by one model: `python -m bench.parity [--model FOLDER]`.

Prints the score of an agency the profile describes and of a roofer it does not, per language, or why there is no
number; for a model that reads all three, the widest gap between languages beside the gap between the two companies.
"""

import argparse
import json
from pathlib import Path

from scoring.commands import corpus_scorer, gather
from scoring.embedder import Embedder, load_embedder
from scoring.errors import ScoringError
from scoring.passages import PageText
from scoring.profile import parse_profile
from scoring.result import FitScore

DATA = Path(__file__).parents[1] / "tests/data/scoring/parity.json"


def scores_by_language(embedder: Embedder) -> dict[tuple[str, str], FitScore]:
    """Return the scores by kind of company ("sites" fit, "others" do not) and language."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    texts = {f"{kind}-{language}": text for kind in ("sites", "others") for language, text in data[kind].items()}
    sites = gather({name: [PageText(name, None, text)] for name, text in texts.items()}, embedder)
    scorer = corpus_scorer(parse_profile(data["profile"]), sites, embedder)
    return {(kind, language): scorer.score(site) for site in sites for kind, language in [site.domain.split("-")]}


def main() -> int:
    """Print a line for each site and language, then the gaps where every site has a number."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="sentence-transformers folder or id; default: the one shipped")
    try:
        embedder = load_embedder(parser.parse_args().model)
    except ScoringError as problem:
        print(f"skipped: {problem}")
        return 0
    found = scores_by_language(embedder)
    for (kind, language), result in found.items():
        number = f"{result.score:.1f}" if result.score is not None else f"no number: {result.why_null}"
        print(f"{'agency' if kind == 'sites' else 'roofer'} in {language}: {number}")
    numbers = {name: result.score for name, result in found.items() if result.score is not None}
    if len(numbers) == len(found):
        fitting = [score for (kind, _), score in numbers.items() if kind == "sites"]
        strangers = [score for (kind, _), score in numbers.items() if kind == "others"]
        print(f"widest gap between languages: {max(fitting) - min(fitting):.1f} points for the agency, "
              f"{max(strangers) - min(strangers):.1f} for the roofer; between the two: at least "
              f"{min(fitting) - max(strangers):.1f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
