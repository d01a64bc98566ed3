"""What each permission lets a person do, in words. The table of who has which is app.services.access alone."""

from app.languages import mark
from app.services.access import Permission

WORDS: dict[Permission, tuple[str, str]] = {
    Permission.READ: (mark("Read"), mark("Board, prospects, inbox, partners and reports of one's programs.")),
    Permission.WORK_PROSPECTS: (mark("Work on prospects"), mark("Move, assign, tag, edit, add contacts and tasks.")),
    Permission.WRITE_NOTES: (mark("Write notes"), mark("Notes and calls on a prospect; opinions on an application.")),
    Permission.IMPORT: (mark("Bring in prospects"), mark("Import files, add from Discover, by address or by API.")),
    Permission.CRAWL: (mark("Read sites again"), mark("Have a site read and scored anew.")),
    Permission.DECIDE: (mark("Decide"), mark("Approve and decline; plan a migration.")),
    Permission.EDIT_SEQUENCES: (
        mark("Edit sequences"),
        mark("Write and publish what is sent; hold and let go a sender."),
    ),
    Permission.ENROLL: (mark("Write to people"), mark("Enroll contacts, answer mails, send broadcasts.")),
    Permission.EDIT_PROFILE: (mark("Edit the fit profile"), mark("Say what a score is made of.")),
    Permission.EDIT_ONBOARDING: (mark("Edit onboarding"), mark("Templates, resources, how often to be in touch.")),
    Permission.MANAGE_SENDERS: (mark("Manage senders"), mark("Mailboxes, rules of sending by country.")),
    Permission.MANAGE_PROGRAMS: (
        mark("Manage programs"),
        mark("Programs, members, public page, fields and other settings."),
    ),
    Permission.ERASE_PEOPLE: (mark("Erase people"), mark("Take out all that is known of a person.")),
    Permission.READ_AUDIT: (mark("Read the audit log"), mark("Who changed what and when, in all programs.")),
    Permission.OVERRIDE_SENDING: (mark("Lift sending locks"), mark("Let cold mail out where the rules hold it.")),
    Permission.READ_OUTBOX: (mark("Read the outbox"), mark("Mails kept here instead of being sent.")),
    Permission.MANAGE_OPT_OUTS: (mark("Manage opt-outs"), mark("Sites that asked not to be read.")),
    Permission.MANAGE_TOKENS: (mark("Manage API tokens"), mark("Keys for other systems.")),
    Permission.MANAGE_PEOPLE: (mark("Manage people"), mark("Invite, change roles, close accounts; every program.")),
}
