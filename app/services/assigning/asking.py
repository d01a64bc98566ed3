"""The same conditions as SQL, for whoever asks about all prospects of a program at once."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from app.models import Prospect
from app.queries.prospect_filter import ProspectFilter, conditions
from app.services.assigning.conditions import Conditions


def any_holds(rules: Iterable[Conditions]) -> ColumnElement[bool]:
    """Return that one of these rules holds for a Prospect, by all that is known of it now; without rules none does."""
    return or_(false(), *(and_(true(), *_asked(rule)) for rule in rules))


def _asked(rule: Conditions) -> Iterable[ColumnElement[bool]]:
    chosen = ProspectFilter(
        countries=rule.countries,
        languages=rule.languages,
        kinds=rule.kinds,
        tags=rule.tags,
        score_min=rule.score_min,
        score_max=rule.score_max,
    )
    yield from conditions(chosen)
    if rule.source:
        yield func.lower(Prospect.source).contains(rule.source.lower(), autoescape=True)
    if rule.score_max is not None:
        yield Prospect.fit_score.is_not(None)
