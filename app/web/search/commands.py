"""What ⌘K can do beside finding: go to a page of the program, begin something, switch program, change the theme."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user

from app.db import reading
from app.languages import gettext as _
from app.queries.reports.kinds import KINDS
from app.queries.search_words import fold, words_of
from app.queries.views import habit_of, list_views
from app.services.access import Permission
from app.web.context import Navigation, may
from app.web.settings.catalog import PROGRAM, WORKSPACE, Kind

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: an address to go to, or a theme to choose. `also` holds other words people call it by."""

    label: str
    icon: str
    group: str
    path: str = ""
    theme: str = ""
    also: str = ""

    def fits(self, words: tuple[str, ...]) -> bool:
        """Say whether every typed word begins a word of the command."""
        own = words_of(f"{self.label} {self.also}")
        return all(any(mine.startswith(word) for mine in own) for word in words)


def commands_for(nav: Navigation, typed: str) -> list[Command]:
    """Return the commands the person may use that fit what was typed; before that, the ones used most."""
    words = words_of(typed)
    if not words:
        return _all(nav) if not fold(typed).strip() else []
    known: dict[str, Command] = {}
    for command in [*_all(nav), *_found_by_name(nav)]:
        known.setdefault(command.path or command.theme, command)
    return [command for command in known.values() if command.fits(words)][:_SHOWN]


def _all(nav: Navigation) -> list[Command]:
    return [*_beginnings(nav), *_places(nav), *_programs(nav), *_themes()]


def _found_by_name(nav: Navigation) -> list[Command]:
    """Return what is too much to list before anything is typed: pages of settings, reports, saved views."""
    found = _settings(nav)
    if nav.program is None:
        return found
    slug, program_id = nav.program.slug, nav.program.id
    for kind in KINDS.values():
        path = url_for("reports.show", slug=slug, name=kind.name)
        found.append(
            Command(
                label=_(kind.title), icon="chart-bar", group=_("Reports"), path=path, also=f"report {_(kind.question)}"
            )
        )
    with reading() as session:
        habit = habit_of(session, program_id, current_user.id)
        views = list_views(session, program_id, current_user.id, habit)
    for view in views:
        path = url_for("board.open_view", slug=slug, view_id=view.id)
        found.append(Command(label=view.name, icon="eye", group=_("Views"), path=path, also="view filter"))
    return found


def _settings(nav: Navigation) -> list[Command]:
    of_program = {"slug": nav.program.slug} if nav.program else None
    slugs: tuple[tuple[tuple[Kind, ...], dict[str, Any] | None], ...] = ((WORKSPACE, {}), (PROGRAM, of_program))
    return [
        Command(
            label=_(each.label),
            icon=each.icon,
            group=_("Settings"),
            path=url_for(each.endpoint, **values),
            also=f"settings {_(each.help)}",
        )
        for kinds, values in slugs
        if values is not None
        for kind in kinds
        for each in kind.settings
        if may(each.permission)
    ]


def _beginnings(nav: Navigation) -> list[Command]:
    if nav.program is None:
        return []
    slug, found = nav.program.slug, []
    if may(Permission.IMPORT):
        label, also = _("Add prospects by address"), "new add url company site create"
        found.append(
            Command(label=label, icon="plus", group=_("Begin"), path=url_for("adding.page", p=slug), also=also)
        )
        path = url_for("imports.index", slug=slug)
        found.append(
            Command(label=_("Import a list"), icon="file-import", group=_("Begin"), path=path, also="csv xlsx excel")
        )
    if may(Permission.WORK_PROSPECTS):
        path = url_for("tasks.index", slug=slug, _anchor="title")
        found.append(
            Command(label=_("New task"), icon="checklist", group=_("Begin"), path=path, also="todo reminder add")
        )
    return found


def _places(nav: Navigation) -> list[Command]:
    items = [(item, _("Go to")) for item in nav.program_items] + [(item, _("Go to")) for item in nav.workspace_items]
    found = [
        Command(label=item.label, icon=item.icon, group=group, path=item.path, also="go to open")
        for item, group in items
    ]
    if nav.program is not None:
        path = url_for("duplicates.index", slug=nav.program.slug)
        found.append(
            Command(label=_("Duplicates"), icon="copy", group=_("Go to"), path=path, also="merge same twice go to")
        )
    if len(nav.programs) > 1:
        path = url_for("pipelines.show")
        label, also = _("Programs side by side"), "pipelines lanes compare board go to"
        found.append(Command(label=label, icon="briefcase", group=_("Go to"), path=path, also=also))
    account = url_for("auth.account")
    return [
        *found,
        Command(label=_("Your account"), icon="user-circle", group=_("Go to"), path=account, also="settings me"),
    ]


def _programs(nav: Navigation) -> list[Command]:
    return [
        Command(
            label=program.name,
            icon="briefcase",
            group=_("Switch program"),
            path=url_for("board.show", slug=program.slug),
            also="switch program",
        )
        for program in nav.programs
        if nav.program is None or program.id != nav.program.id
    ]


def _themes() -> list[Command]:
    themes = (
        ("light", _("Light theme"), "sun"),
        ("dark", _("Dark theme"), "moon"),
        ("auto", _("Automatic theme"), "sun-moon"),
    )
    return [
        Command(label=label, icon=icon, group=_("Theme"), theme=theme, also="switch mode color appearance")
        for theme, label, icon in themes
    ]
