"""Every setting there is, by kind: where it is, what it is for, who may open it. One list for all that lead there."""

from dataclasses import dataclass

from app.services.access import Permission

_READ = Permission.READ
_PROGRAMS = Permission.MANAGE_PROGRAMS


@dataclass(frozen=True, slots=True)
class Setting:
    """A page of settings: its endpoint, name, icon, one line of help, and what a role needs to open it."""

    endpoint: str
    label: str
    icon: str
    help: str
    permission: Permission = _READ


@dataclass(frozen=True, slots=True)
class Kind:
    """Settings that belong together."""

    label: str
    settings: tuple[Setting, ...]


WORKSPACE = (
    Kind(
        "Yours",
        (
            Setting("auth.account", "Your account", "user-circle", "Name, password, and where you are signed in."),
            Setting("today.page", "Your day", "calendar", "The calendar feed and the mail in the morning."),
        ),
    ),
    Kind(
        "People",
        (
            Setting(
                "people.people", "People", "users", "Who signs in, with which role, in which programs.",
                Permission.MANAGE_PEOPLE,
            ),
            Setting("settings.roles", "What each role may do", "shield", "All permissions, role by role."),
            Setting("tokens.tokens", "API tokens", "key", "Keys for other systems.", Permission.MANAGE_TOKENS),
        ),
    ),
    Kind(
        "Data and law",
        (
            Setting(
                "suppressions.show", "Do not mail", "mail-off", "Addresses and domains nobody writes to.",
                Permission.WORK_PROSPECTS,
            ),
            Setting(
                "optouts.index", "Opt-outs", "hand-stop", "Sites that asked not to be read.",
                Permission.MANAGE_OPT_OUTS,
            ),
            Setting(
                "audit.log", "Audit log", "history", "Who changed what and when, with search.", Permission.READ_AUDIT
            ),
            Setting(
                "outbox.outbox", "Outbox", "mail", "Mails that are kept here instead of being sent.",
                Permission.READ_OUTBOX,
            ),
        ),
    ),
    Kind(
        "Programs",
        (Setting("programs.index", "Programs", "briefcase", "All programs you work in, and those put away."),),
    ),
)  # fmt: skip

PROGRAM = (
    Kind(
        "The program",
        (
            Setting("programs.settings", "Program", "settings", "Name, type, description and offer.", _PROGRAMS),
            Setting("programs.members", "Members", "users", "Who works in it."),
            Setting(
                "program_page.settings", "Public page", "world", "The page, the form, the terms and their questions.",
                _PROGRAMS,
            ),
        ),
    ),
    Kind(
        "Prospects",
        (
            Setting("fields.index", "Fields", "table", "What you want to know of each prospect beside its site."),
            Setting("settings.assignment", "Assignment", "users", "Who gets what comes in without an owner."),
            Setting("settings.reasons", "Reasons", "thumb-down", "Why one is approved, declined or put to sleep."),
            Setting("settings.stages", "Stages", "layout-kanban", "What the columns of the board are called."),
            Setting("settings.tags", "Tags", "tag", "Rename, color, merge and give up the words on prospects."),
        ),
    ),
    Kind(
        "Fit and review",
        (
            Setting("programs.profile", "Fit profile", "target-arrow", "Whom you look for; what a score is made of."),
            Setting("fit.backtest", "Backtest", "gauge", "How the score would have done on past decisions."),
            Setting("applications.show_rules", "Review rules", "check", "Applications that need no person to approve."),
        ),
    ),
    Kind(
        "Outreach",
        (
            Setting("settings.holidays", "Holidays", "calendar", "Days on which no sequence writes or counts."),
            Setting("outreach.senders", "Senders", "send", "Mailboxes, their hours and how much they send a day."),
            Setting("outreach.rules", "Rules of sending", "shield-lock", "Consent by country, the pause of all mail."),
        ),
    ),
    Kind(
        "Partners",
        (
            Setting("onboarding.template_list", "Onboarding", "checklist", "What a new partner goes through."),
            Setting("keeping.cadence", "How often in touch", "phone", "After how many days a partner hears from you."),
            Setting("waves.settings", "Migration", "users", "Weeks, bands and incentives of partners moved over."),
        ),
    ),
)  # fmt: skip
