"""What every page knows: who is looking, the programs they work in, where they are, what they may do.

Nothing is read until a template asks for it, so that fragments cost no query for a navigation they do not draw.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask, request
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.models import Role
from app.models.notification import Tour
from app.queries.navigation import NavigationProgram, Waiting, programs_of, waiting_in
from app.queries.notifications import Bell, bell_of
from app.services.access import Permission
from app.services.access import may as role_may
from app.services.tours import tour_of


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One link of the navigation; pages below its address, or below those in `also`, light it up too.

    `live_id` names the count on the page, for answers that bring a new one.
    """

    label: str
    icon: str
    path: str
    permission: Permission
    also: str = ""
    count: int = 0
    is_alone: bool = False
    live_id: str = ""

    @property
    def is_current(self) -> bool:
        """Say whether the page on screen belongs to this link; one that is `alone` stands for its own page only."""
        if self.is_alone:
            return request.path == self.path
        return any(
            request.path == path or request.path.startswith(f"{path}/") for path in (self.path, *self.also.split())
        )


class Navigation:
    """The navigation of one request; each part is read once, when it is first drawn."""

    def __init__(self, *, slug: str = "") -> None:
        """Take the program from the address of the page, or by its slug where another page asks for this one."""
        self._slug = slug

    @cached_property
    def programs(self) -> tuple[NavigationProgram, ...]:
        """Return the programs the user works in, by name."""
        if not current_user.is_authenticated:
            return ()
        with reading() as session:
            return programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)

    @cached_property
    def program(self) -> NavigationProgram | None:
        """Return the program of the address, else the first one, so that the links always lead somewhere."""
        slug = self._slug or (request.view_args or {}).get("slug")
        named = next((program for program in self.programs if program.slug == slug), None)
        return named or (self.programs[0] if self.programs else None)

    @cached_property
    def waiting(self) -> Waiting:
        """Return how much of the current program waits for somebody."""
        if self.program is None:
            return Waiting()
        with reading() as session:
            return waiting_in(session, self.program.id, user_id=current_user.id)

    @cached_property
    def _mine(self) -> tuple[Bell, Tour | None]:
        # The frame of every page shows both: one reading, not two.
        with reading() as session:
            return bell_of(session, current_user), tour_of(session, current_user.id)

    @property
    def bell(self) -> Bell:
        """Return how much the user has not read."""
        return self._mine[0]

    @property
    def tour(self) -> Tour | None:
        """Return how far the user is with the tour; None for one who was never asked."""
        return self._mine[1]

    @property
    def program_items(self) -> list[NavigationItem]:
        """Return the links inside the current program that the user may follow."""
        if self.program is None:
            return []
        root = f"/p/{self.program.slug}"
        also = " ".join(f"{root}/{layout}" for layout in ("prospects", "table", "split", "bulk", "views"))
        items = (
            NavigationItem(_("Today"), "calendar", "/today", Permission.READ),
            NavigationItem(_("Board"), "layout-kanban", f"{root}/board", Permission.READ, also=also),
            NavigationItem(_("Inbox"), "inbox", f"{root}/inbox", Permission.READ, count=self.waiting.conversations),
            NavigationItem(
                _("Applications"), "clipboard", f"{root}/applications", Permission.READ, count=self.waiting.applications
            ),
            NavigationItem(
                _("Outreach"), "send", f"{root}/outreach/sequences", Permission.READ, also=f"{root}/outreach"
            ),
            NavigationItem(_("Onboarding"), "heart-handshake", f"{root}/onboarding", Permission.READ),
            NavigationItem(_("Partners"), "star", f"{root}/partners", Permission.READ, also=f"{root}/care"),
            NavigationItem(_("Migration"), "users", f"{root}/waves", Permission.READ),
            NavigationItem(
                _("Tasks"), "checklist", f"{root}/tasks", Permission.READ, count=self.waiting.tasks, live_id="nav-tasks"
            ),
            NavigationItem(_("Discover"), "compass", f"{root}/discover", Permission.READ),
            NavigationItem(_("Imports"), "file-import", f"{root}/imports", Permission.IMPORT),
            NavigationItem(_("Reports"), "chart-bar", f"{root}/reports", Permission.READ),
            NavigationItem(_("Fit profile"), "target-arrow", f"{root}/profile", Permission.READ),
        )
        return [item for item in items if may(item.permission)]

    @property
    def workspace_items(self) -> list[NavigationItem]:
        """Return the links outside any program that the user may follow."""
        items = (
            NavigationItem(_("Programs"), "briefcase", "/programs", Permission.READ),
            NavigationItem(_("Do not mail"), "mail-off", "/suppressions", Permission.WORK_PROSPECTS),
            NavigationItem(_("People"), "users", "/settings/people", Permission.MANAGE_PEOPLE),
            NavigationItem(_("Opt-outs"), "hand-stop", "/settings/opt-outs", Permission.MANAGE_OPT_OUTS),
            NavigationItem(_("Audit log"), "history", "/settings/audit", Permission.READ_AUDIT),
            NavigationItem(_("API tokens"), "key", "/settings/tokens", Permission.MANAGE_TOKENS),
            NavigationItem(_("Outbox"), "mail", "/outbox", Permission.READ_OUTBOX),
            NavigationItem(_("Settings"), "settings", "/settings", Permission.READ, is_alone=True),
        )
        return [item for item in items if may(item.permission)]


def may(permission: str) -> bool:
    """Say whether the signed-in user's role has a permission, named by its value; nobody may do anything."""
    return bool(current_user.is_authenticated) and role_may(current_user.role, Permission(permission))


def register_context(app: Flask) -> None:
    """Give every template `nav`, `may`, `theme`, `view_names` (endpoints that exist) and the icons' `sprite_url()`."""

    # A board draws some 1,500 icons: building their address through the URL map each time took half its server time.
    sprite = f"{app.static_url_path}/vendor/icons.svg"

    @app.template_global()
    def sprite_url() -> str:
        return request.script_root + sprite

    @app.context_processor
    def page_context() -> dict[str, Any]:
        theme = current_user.theme if current_user.is_authenticated else "auto"
        return {"nav": Navigation(), "may": may, "theme": theme, "view_names": app.view_functions}
