"""Every setting there is, by kind: where it is, what it is for, who may open it. One list for all that lead there."""

from dataclasses import dataclass

from app.languages import mark
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
        mark("Yours"),
        (
            Setting(
                "auth.account",
                mark("Your account"),
                "user-circle",
                mark("Name, password, and where you are signed in."),
            ),
            Setting(
                "notifications.choices",
                mark("How you are told"),
                "bell",
                mark("What comes on screen, by mail or not at all."),
            ),
            Setting("today.page", mark("Your day"), "calendar", mark("The calendar feed and the mail in the morning.")),
        ),
    ),
    Kind(
        mark("People"),
        (
            Setting(
                "people.people",
                mark("People"),
                "users",
                mark("Who signs in, with which role, in which programs."),
                Permission.MANAGE_PEOPLE,
            ),
            Setting("settings.roles", mark("What each role may do"), "shield", mark("All permissions, role by role.")),
            Setting(
                "tokens.tokens", mark("API tokens"), "key", mark("Keys for other systems."), Permission.MANAGE_TOKENS
            ),
        ),
    ),
    Kind(
        mark("Data and law"),
        (
            Setting(
                "suppressions.show",
                mark("Do not mail"),
                "mail-off",
                mark("Addresses and domains nobody writes to."),
                Permission.WORK_PROSPECTS,
            ),
            Setting(
                "optouts.index",
                mark("Opt-outs"),
                "hand-stop",
                mark("Sites that asked not to be read."),
                Permission.MANAGE_OPT_OUTS,
            ),
            Setting(
                "settings.erase",
                mark("Erase a person"),
                "user-circle",
                mark("Everything about whoever has an e-mail address, forgotten for good."),
                Permission.MANAGE_PEOPLE,
            ),
            Setting(
                "audit.log",
                mark("Audit log"),
                "history",
                mark("Who changed what and when, with search."),
                Permission.READ_AUDIT,
            ),
            Setting(
                "outbox.outbox",
                mark("Outbox"),
                "mail",
                mark("Mails that are kept here instead of being sent."),
                Permission.READ_OUTBOX,
            ),
        ),
    ),
    Kind(
        mark("Programs"),
        (
            Setting(
                "programs.index", mark("Programs"), "briefcase", mark("All programs you work in, and those put away.")
            ),
        ),
    ),
)

PROGRAM = (
    Kind(
        mark("The program"),
        (
            Setting(
                "programs.settings", mark("Program"), "settings", mark("Name, type, description and offer."), _PROGRAMS
            ),
            Setting("programs.members", mark("Members"), "users", mark("Who works in it.")),
            Setting(
                "program_page.settings",
                mark("Public page"),
                "world",
                mark("The page, the form, the terms and their questions."),
                _PROGRAMS,
            ),
            Setting(
                "settings.minutes",
                mark("Minutes of work"),
                "clock",
                mark("What a person needs for each kind of work, for the report on automation."),
            ),
        ),
    ),
    Kind(
        mark("Prospects"),
        (
            Setting(
                "fields.index", mark("Fields"), "table", mark("What you want to know of each prospect beside its site.")
            ),
            Setting(
                "settings.assignment", mark("Assignment"), "users", mark("Who gets what comes in without an owner.")
            ),
            Setting(
                "settings.reasons",
                mark("Reasons"),
                "thumb-down",
                mark("Why one is approved, declined or put to sleep."),
            ),
            Setting(
                "settings.stages", mark("Stages"), "layout-kanban", mark("What the columns of the board are called.")
            ),
            Setting(
                "settings.tags", mark("Tags"), "tag", mark("Rename, color, merge and give up the words on prospects.")
            ),
        ),
    ),
    Kind(
        mark("Fit and review"),
        (
            Setting(
                "programs.profile",
                mark("Fit profile"),
                "target-arrow",
                mark("Whom you look for; what a score is made of."),
            ),
            Setting(
                "fit.backtest", mark("Backtest"), "gauge", mark("How the score would have done on past decisions.")
            ),
            Setting(
                "applications.show_rules",
                mark("Review rules"),
                "check",
                mark("Applications that need no person to approve."),
            ),
        ),
    ),
    Kind(
        mark("Outreach"),
        (
            Setting(
                "settings.holidays", mark("Holidays"), "calendar", mark("Days on which no sequence writes or counts.")
            ),
            Setting(
                "outreach.senders",
                mark("Senders"),
                "send",
                mark("Mailboxes, their hours and how much they send a day."),
            ),
            Setting(
                "outreach.rules",
                mark("Rules of sending"),
                "shield-lock",
                mark("Consent by country, the pause of all mail."),
            ),
        ),
    ),
    Kind(
        mark("Partners"),
        (
            Setting("settings.tiers", mark("Tiers"), "star", mark("What partners of each get, and how one gets in.")),
            Setting(
                "onboarding.template_list", mark("Onboarding"), "checklist", mark("What a new partner goes through.")
            ),
            Setting(
                "keeping.cadence",
                mark("How often in touch"),
                "phone",
                mark("After how many days a partner hears from you."),
            ),
            Setting(
                "waves.settings",
                mark("Migration"),
                "users",
                mark("Weeks, bands and incentives of partners moved over."),
            ),
        ),
    ),
)
