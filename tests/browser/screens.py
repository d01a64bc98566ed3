"""Every screen of the staff by its address, from the routes themselves: a new one is looked at the day it lands."""

from app.queries.reports.kinds import KINDS
from app.web.login import PUBLIC_ENDPOINTS
from tests.filled_world import FilledWorld
from tests.web.route_map import ROUTES, Route

_FILE = "a file, no screen"
_PART = "a part of a screen, which is looked at in its place"
_ELSEWHERE = "it leads on to another screen"
# What a member of the staff can open that is no screen of its own, and why.
NO_SCREEN = {
    "applications.file": _FILE,
    "board.live": _PART,
    "board.open_view": _ELSEWHERE,
    "discover.status": _ELSEWHERE,
    "home.index": _ELSEWHERE,
    "imports.rows_file": _FILE,
    "imports.sample_file": _FILE,
    "imports.status": _ELSEWHERE,
    "inbox.attachment": _FILE,
    "keeping.resource_version": _FILE,
    "notifications.bell": _PART,
    "notifications.follow": _ELSEWHERE,
    "notifications.people": "names for a menu, as JSON",
    "onboarding.call": _FILE,
    "onboarding.document": _FILE,
    "outreach.index": _ELSEWHERE,
    "program_page.brand": _FILE,
    "pipelines.live": _PART,
    "programs.scoring_progress": _PART,
    "prospects.kept_file": _FILE,
    "prospects.reading_status": _PART,
    "reports.file": _FILE,
    "search.palette": _PART,
    "suppressions.export": _FILE,
    "table.download": _FILE,
    "table.export": _FILE,
    "table.live": _PART,
    "table.tags": "names for a menu, as JSON",
    "today.give_form": "a question about a row of one's own day, which is asked in its place",
    "waves.partners_file": _FILE,
    "waves.report_file": _FILE,
}
# Where one address does not show all that a screen has: what stands behind it, beside the bare one.
_ALSO = {
    "adding.page": ("?url=kiln.example%20cobbleworks.demo.test%20nonsense",),
    "applications.index": ("?tab=asked", "?tab=closed", "?tab=unconfirmed"),
    "applications.show_rules": ("?min_score=50&blocked_by=high",),
    "audit.log": ("?q=program", "?q=zzzzzz"),
    "board.move_form": ("?to=declined", "?to=dormant"),
    "board.show": ("?q=zzzzzz",),
    "care.index": ("?view=everyone&state=closed",),
    "duplicates.index": ("?view=dismissed",),
    "inbox.index": ("?tab=snoozed", "?tab=done", "?tab=triage", "?tab=automatic"),
    "keeping.index": ("?view=everyone",),
    "notifications.index": ("?unread=1",),
    "onboarding.index": ("?view=everyone",),
    "outbox.outbox": ("?state=failed",),
    "outreach.campaign": ("?state=stopped",),
    "outreach.new_sequence": ("?from=agencies",),
    "reports.index": ("?group=week", "?group=owner&q=zzzzzz"),
    "search.page": ("?q=cobble", "?q=zzzzzz"),
    "settings.holidays": ("?country=PL&year=2026",),
    "suppressions.show": ("?q=zzzzzz",),
    "table.edit": ("?column=owner", "?column=tags", "?column=step"),
    "tasks.index": ("?view=everyone", "?view=done"),
    "waves.partners": ("?q=zzzzzz",),
}
# Of the documentation, the pages with long tables, code and pictures; all are drawn by one template.
HELP_PAGES = ("index", "api", "operators", "settings")


def staff_routes() -> list[Route]:
    """Return the routes that a signed-in person opens with a browser."""
    return [route for route in ROUTES if route.method == "GET" and route.endpoint not in PUBLIC_ENDPOINTS]


def addresses(world: FilledWorld) -> list[str]:
    """Return the addresses of all screens in a world. Raises KeyError for a part of an address nobody described."""
    found: list[str] = []
    for route in staff_routes():
        if route.endpoint in NO_SCREEN:
            continue
        for path in _paths(route, world):
            found += [path, *(path + more for more in _ALSO.get(route.endpoint, ()))]
    return found


def _paths(route: Route, world: FilledWorld) -> list[str]:
    values = dict(world.values)
    if {"prospect_id"} <= {name for name, _kind in route.arguments} and route.endpoint != "duplicates.compare":
        values |= world.worked
    if route.endpoint == "care.edit_broadcast":
        values["broadcast_id"] = values["draft_id"]
    if route.endpoint == "reports.show":
        return [_filled(route, values | {"name": name}) for name in KINDS]
    if route.endpoint == "guide.page" and route.arguments:
        return [_filled(route, values | {"help_page": name}) for name in HELP_PAGES]
    return [_filled(route, values)]


def _filled(route: Route, values: dict[str, object]) -> str:
    path = route.rule
    for name, kind in route.arguments:
        path = path.replace(f"<int:{name}>" if kind == "int" else f"<{name}>", str(values[name]))
    return path
