"""What each permission lets a person do, in words. The table of who has which is app.services.access alone."""

from app.services.access import Permission

WORDS: dict[Permission, tuple[str, str]] = {
    Permission.READ: ("Read", "Board, prospects, inbox, partners and reports of one's programs."),
    Permission.WORK_PROSPECTS: ("Work on prospects", "Move, assign, tag, edit, add contacts and tasks."),
    Permission.WRITE_NOTES: ("Write notes", "Notes and calls on a prospect; opinions on an application."),
    Permission.IMPORT: ("Bring in prospects", "Import files, add from Discover, by address or by API."),
    Permission.CRAWL: ("Read sites again", "Have a site read and scored anew."),
    Permission.DECIDE: ("Decide", "Approve and decline; plan a migration."),
    Permission.EDIT_SEQUENCES: ("Edit sequences", "Write and publish what is sent; hold and let go a sender."),
    Permission.ENROLL: ("Write to people", "Enroll contacts, answer mails, send broadcasts."),
    Permission.EDIT_PROFILE: ("Edit the fit profile", "Say what a score is made of."),
    Permission.EDIT_ONBOARDING: ("Edit onboarding", "Templates, resources, how often to be in touch."),
    Permission.MANAGE_SENDERS: ("Manage senders", "Mailboxes, rules of sending by country."),
    Permission.MANAGE_PROGRAMS: ("Manage programs", "Programs, members, public page, fields and other settings."),
    Permission.ERASE_PEOPLE: ("Erase people", "Take out all that is known of a person."),
    Permission.READ_AUDIT: ("Read the audit log", "Who changed what and when, in all programs."),
    Permission.OVERRIDE_SENDING: ("Lift sending locks", "Let cold mail out where the rules hold it."),
    Permission.READ_OUTBOX: ("Read the outbox", "Mails kept here instead of being sent."),
    Permission.MANAGE_OPT_OUTS: ("Manage opt-outs", "Sites that asked not to be read."),
    Permission.MANAGE_TOKENS: ("Manage API tokens", "Keys for other systems."),
    Permission.MANAGE_PEOPLE: ("Manage people", "Invite, change roles, close accounts; every program."),
}
