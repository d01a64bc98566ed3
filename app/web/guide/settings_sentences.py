"""What the screens of settings and accounts are for: like the other screens' sentences, in three to five."""

from app.languages import mark
from app.web.guide.help import Help

_SETTINGS = Help(
    mark("Settings"),
    (
        mark("What concerns you and the workspace stands at the top, the settings of each program below."),
        mark("You see only what your role may open; What each role may do lists all of it."),
        mark("Every change stands in the audit log, with who made it and when."),
    ),
    "program-settings",
)
_PROGRAM = Help(
    mark("A program’s settings"),
    (
        mark("Each program has its own fields, reasons, stages, tags, tiers and rules."),
        mark("What prospects or partners use is put away rather than lost, and can be brought back."),
        mark("A rule can be tried on what came in last before it does anything."),
    ),
    "program-settings",
)
_PEOPLE = Help(
    mark("People"),
    (
        mark("An invitation is a link that works once, for seven days, and brings the role and programs you choose."),
        mark("A role says what one may do; the programs say where."),
        mark("A deactivated account lets nobody in, and keeps all that was written with it. You can undo it."),
    ),
    "security",
)
_AUDIT = Help(
    mark("Audit log"),
    (
        mark("Who changed what and when, for good: lines are only ever added."),
        mark("Search by words such as stage or contact:12, by person, program and days."),
        mark("Each line holds the mark of the one before it. Check it says whether one was changed or is missing."),
    ),
    "security",
)
_ERASE = Help(
    mark("Erase a person"),
    (
        mark("Type an address to see everywhere it occurs; nothing is changed until you say so."),
        mark("Erasing goes through contacts, applications, mail and files, and cannot be undone."),
        mark("A receipt stays. It counts what went and names nobody."),
    ),
    "security",
)
_OUTBOX = Help(
    mark("Outbox"),
    (
        mark("Every mail of the product and of sequences, with its text and what became of it."),
        mark("Without a mail server nothing leaves, and all of it can be read here."),
        mark("A mail that failed says why, and can be sent again."),
    ),
    "operators",
)
SETTINGS_BY_AREA = {
    "settings": _PROGRAM,
    "programs": _PROGRAM,
    "program_page": _PROGRAM,
    "fields": _PROGRAM,
    "people": _PEOPLE,
    "audit": _AUDIT,
    "outbox": _OUTBOX,
    "tokens": Help(
        mark("API tokens"),
        (
            mark("A token lets another program read partners or write what they bring, in one program or all."),
            mark("It is shown once. Keep it like a password, and make a new one when it is lost."),
            mark("A revoked or ended token is refused at once."),
        ),
        "api",
    ),
    "optouts": Help(
        mark("Opt-outs"),
        (
            mark("Sites whose owners asked our crawler to stay away, by the form on its public page."),
            mark("What was read of such a site is deleted, and it is never read again."),
            mark("The address that asked is kept as the proof."),
        ),
        "security",
    ),
    "auth": Help(
        mark("Your account"),
        (
            mark("Your name, language, time zone and colors; they hold on every device."),
            mark("A new password signs out all your other devices."),
            mark("Under Where you are signed in you end a session that is not yours."),
        ),
        "security",
    ),
}
SETTINGS_BY_ENDPOINT = {
    "settings.home": _SETTINGS,
    "settings.roles": _PEOPLE,
    "settings.copies": _SETTINGS,
    "settings.erase": _ERASE,
    "settings.erasure_receipt": _ERASE,
    "programs.index": _SETTINGS,
    "programs.new": _SETTINGS,
}
