"""What each main screen is for, in three to five plain sentences, and where the whole story stands."""

from app.languages import mark
from app.web.guide.help import Help
from app.web.guide.settings_sentences import SETTINGS_BY_AREA, SETTINGS_BY_ENDPOINT

_BOARD = Help(
    mark("The board"),
    (
        mark("Each card is a company in this program, each column a stage on its way to being a partner."),
        mark("The number on a card is its fit, 0 to 100, read off the company's own site; open the card to see why."),
        mark("Drag a card, or press m on it, to move it. Every move can be undone with u."),
        mark("Filters stand in the address, so you can send a view to a colleague. Press ? for all keys."),
    ),
    "board",
)
_TABLE = Help(
    mark("The table"),
    (
        mark("The same prospects as on the board, a row each, with the columns you choose."),
        mark("Click a cell to change it. Tick rows, with Shift for many, to do one thing to all of them."),
        mark("Before anything is done to many you see how many it touches, and afterwards you can take it back."),
    ),
    "table",
)
_PROSPECT = Help(
    mark("A prospect"),
    (
        mark("Everything about one company: its fit, its people, what was said, and what comes next."),
        mark("The fit adds up exactly from its parts. Each part quotes the sentences it was earned with."),
        mark(
            "Every fact says where it comes from. What you write stays on the timeline; @ and a name tells a colleague."
        ),
        mark("j and k go to the next and the previous prospect, n writes a note, m moves. Press ? for all keys."),
    ),
    "fit-score",
)
_TODAY = Help(
    mark("Today"),
    (
        mark("What waits for you, over all your programs: tasks, replies, applications, partners who stand still."),
        mark("Each line leads to where the work is done, and goes from here by itself once it is."),
        mark("Done, later and somebody else's are one press here, and can be taken back. Press ? for all keys."),
        mark("At the bottom you can have the list in your calendar, or as a mail in the morning."),
    ),
    "today",
)
_OUTREACH = Help(
    mark("Outreach"),
    (
        mark(
            "A sequence is an ordered plan of mails and tasks. Each person has one sender and a next step with a time."
        ),
        mark("Nothing goes out twice, and nothing after a reply, an opt-out or a bounce."),
        mark("Where a mail does not leave, the reason stands beside it, with the day it is looked at again."),
        mark("First mails wait for a person to approve them unless the program says otherwise."),
    ),
    "outreach",
)
_APPLICATIONS = Help(
    mark("Applications"),
    (
        mark("Who filled in your public form and confirmed the address, with the answer you promised first on top."),
        mark("Each one shows the form beside what the site really says, and what may be wrong with it."),
        mark("You approve or decline with reasons. The applicant gets an honest answer, and your reasons are kept."),
    ),
    "apply",
)
_ONBOARDING = Help(
    mark("Onboarding"),
    (
        mark("Each new partner has a checklist from a template: some steps are theirs, some are ours."),
        mark(
            "What is our turn stands on top. Who has done nothing for longer than the template allows counts as stuck."
        ),
        mark("Partners do their steps on a page of their own, by a link, without an account."),
        mark("When the last step is done the partner becomes active by itself."),
    ),
    "onboarding",
)
_REPORTS = Help(
    mark("Reports"),
    (
        mark("Each report is a picture with the table behind it, for the program and the time you choose."),
        mark("Numbers that rest on few cases say so; the thin lines show how far off they may be."),
        mark("Download any of them as CSV. The address holds what you chose, so you can send it on."),
    ),
    "reports",
)
_BY_ENDPOINT = {
    "board.show": _BOARD,
    "board.split": _BOARD,
    "board.stage": _BOARD,
    "table.show": _TABLE,
    "prospects.show": _PROSPECT,
    "today.page": _TODAY,
    "programs.profile": Help(
        mark("The fit profile"),
        (
            mark("Say in plain words what a good partner writes about, and what speaks against one."),
            mark("Each topic has a weight. The preview shows who would move up or down before you save."),
            mark("Saving makes a new version and scores everybody again. No site has to be read anew for that."),
            mark("Earlier versions stay, and decisions keep the score they were made with."),
        ),
        "fit-score",
    ),
}
_BY_AREA = {
    "bulk": _TABLE,
    "outreach": _OUTREACH,
    "applications": _APPLICATIONS,
    "onboarding": _ONBOARDING,
    "reports": _REPORTS,
    "inbox": Help(
        mark("The inbox"),
        (
            mark("Answers to your mails, matched to the prospect they belong to. A reply stops the sequence at once."),
            mark("Answer here and it goes out in the same thread from the same sender."),
            mark("Done takes it off the list, Snooze brings it back on the day you say."),
            mark("What fits nobody waits under “Triage”, where you say who it is from."),
        ),
        "inbox",
    ),
    "keeping": Help(
        mark("Partners"),
        (
            mark("Those who were approved: their goals, their reviews, and when somebody last spoke with them."),
            mark("A partner nobody was in touch with for too long makes a task for whoever looks after them."),
            mark("Resources are the files and links they may use, by tier and stage."),
        ),
        "keep",
    ),
    "care": Help(
        mark("Partner care"),
        (
            mark(
                "What partners bring in each month, cases about broken rules, changed terms, and news to all of them."
            ),
            mark("Every change of terms asks each partner to agree again, and shows who has."),
            mark("News respect the do-not-mail list and carry a link that ends them."),
        ),
        "partner-care",
    ),
    "waves": Help(
        mark("Migration"),
        (
            mark("Partners who move over from another platform, in waves by value, each with a week and an incentive."),
            mark("Their invitation leads to a page on which they agree to move with one press."),
            mark("The report shows who moved, who declined, and who has not answered yet."),
        ),
        "migration",
    ),
    "tasks": Help(
        mark("Tasks"),
        (
            mark("Things to do in this program, by the day they are due. Today shows yours over all programs."),
            mark(
                "The product makes some itself: a site that changed, a call in a sequence, a mail nobody is sure about."
            ),
            mark("Write @ and a name to tell somebody who does not do it but should know."),
            mark("Each can be changed, done and removed without a mouse, and taken back. Press ? for all keys."),
        ),
        "tasks",
    ),
    "discover": Help(
        mark("Discover"),
        (
            mark("Finds companies from lists, directories and the partner pages of competitors."),
            mark("Nothing is added by itself: you look through the candidates and choose."),
            mark("Who is on the board already, or was declined, is marked."),
        ),
        "discover",
    ),
    "imports": Help(
        mark("Imports"),
        (
            mark("Bring companies in from CSV or Excel. You see what becomes of each row before anything is written."),
            mark(
                "A bad row never stops the others; download the ones that did not work, put them right, import them "
                "again."
            ),
            mark("An import can be taken back. What somebody has worked on since stays, and you are told."),
        ),
        "import",
    ),
    "search": Help(
        mark("Search"),
        (
            mark("Finds companies, people, notes and what stands on their sites, also with a slip of the keyboard."),
            mark("Ctrl+K opens it anywhere and knows commands too, such as going to a page or adding a company."),
            mark("You find what is in your programs only."),
        ),
        "search",
    ),
    "notifications": Help(
        mark("Notifications"),
        (
            mark("What concerns you: mentions, things given to you, replies, applications, tasks that are due."),
            mark("Many of one kind within an hour become one line."),
            mark(
                "For each kind choose whether it stands here only, is mailed at once, comes in the morning's mail, or "
                "not."
            ),
        ),
        "today",
    ),
    "suppressions": Help(
        mark("Do not mail"),
        (
            mark("Addresses and domains that no program may write to, each with the reason and where it came from."),
            mark("Opt-outs, bounces and complaints come here by themselves, at once."),
            mark("An entry survives when a person is erased, as a code from which the address cannot be read."),
        ),
        "inbox",
    ),
}
_BY_AREA |= {"duplicates": _BY_AREA["search"], "adding": _BY_AREA["search"], "pipelines": _BOARD}
_BY_AREA |= SETTINGS_BY_AREA | {"fit": _BY_ENDPOINT["programs.profile"]}
_BY_ENDPOINT |= SETTINGS_BY_ENDPOINT
GENERAL = Help(
    mark("Help"), (mark("This screen has no help of its own yet; the documentation has all of it."),), "index"
)


def help_for(endpoint: str) -> Help:
    """Return the help of a screen, that of its area where it has none of its own, else where to look."""
    return _BY_ENDPOINT.get(endpoint) or _BY_AREA.get(endpoint.partition(".")[0]) or GENERAL


def all_help() -> tuple[Help, ...]:
    """Return every help there is; a test holds them to their length and to pages that exist."""
    return (*_BY_ENDPOINT.values(), *_BY_AREA.values(), GENERAL)
