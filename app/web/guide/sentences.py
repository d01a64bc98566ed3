"""What each main screen is for, in three to five plain sentences, and where the whole story stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Help:
    """The help of one screen; `page` names a page of docs/."""

    title: str
    sentences: tuple[str, ...]
    page: str


_BOARD = Help(
    "The board",
    (
        "Each card is a company in this program, each column a stage on its way to being a partner.",
        "The number on a card is its fit, 0 to 100, read off the company's own site; open the card to see why.",
        "Drag a card, or press m on it, to move it. Every move can be undone with u.",
        "Filters stand in the address, so you can send a view to a colleague. Press ? for all keys.",
    ),
    "board",
)
_TABLE = Help(
    "The table",
    (
        "The same prospects as on the board, a row each, with the columns you choose.",
        "Click a cell to change it. Tick rows, with Shift for many, to do one thing to all of them.",
        "Before anything is done to many you see how many it touches, and afterwards you can take it back.",
    ),
    "table",
)
_PROSPECT = Help(
    "A prospect",
    (
        "Everything about one company: its fit, its people, what was said, and what comes next.",
        "The fit adds up exactly from its parts. Each part quotes the sentences it was earned with.",
        "Every fact says where it comes from. What you write stays on the timeline; @ and a name tells a colleague.",
        "j and k go to the next and the previous prospect, n writes a note, m moves. Press ? for all keys.",
    ),
    "fit-score",
)
_TODAY = Help(
    "Today",
    (
        "What waits for you, over all your programs: tasks, replies, applications, partners who stand still.",
        "Each line leads to where the work is done, and goes from here by itself once it is.",
        "At the bottom you can have the list in your calendar, or as a mail in the morning.",
    ),
    "today",
)
_OUTREACH = Help(
    "Outreach",
    (
        "A sequence is an ordered plan of mails and tasks. Each person has one sender and a next step with a time.",
        "Nothing goes out twice, and nothing after a reply, an opt-out or a bounce.",
        "Where a mail does not leave, the reason stands beside it, with the day it is looked at again.",
        "First mails wait for a person to approve them unless the program says otherwise.",
    ),
    "outreach",
)
_APPLICATIONS = Help(
    "Applications",
    (
        "Who filled in your public form and confirmed the address, with the answer you promised first on top.",
        "Each one shows the form beside what the site really says, and what may be wrong with it.",
        "You approve or decline with reasons. The applicant gets an honest answer, and your reasons are kept.",
    ),
    "apply",
)
_ONBOARDING = Help(
    "Onboarding",
    (
        "Each new partner has a checklist from a template: some steps are theirs, some are ours.",
        "What is our turn stands on top. Who has done nothing for longer than the template allows counts as stuck.",
        "Partners do their steps on a page of their own, by a link, without an account.",
        "When the last step is done the partner becomes active by itself.",
    ),
    "onboarding",
)
_REPORTS = Help(
    "Reports",
    (
        "Each report is a picture with the table behind it, for the program and the time you choose.",
        "Numbers that rest on few cases say so; the thin lines show how far off they may be.",
        "Download any of them as CSV. The address holds what you chose, so you can send it on.",
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
        "The fit profile",
        (
            "Say in plain words what a good partner writes about, and what speaks against one.",
            "Each topic has a weight. The preview shows who would move up or down before you save.",
            "Saving makes a new version and scores everybody again. No site has to be read anew for that.",
            "Earlier versions stay, and decisions keep the score they were made with.",
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
        "The inbox",
        (
            "Answers to your mails, matched to the prospect they belong to. A reply stops the sequence at once.",
            "Answer here and it goes out in the same thread from the same sender.",
            "Done takes it off the list, Snooze brings it back on the day you say.",
            "What fits nobody waits under “To match”, where you say who it is from.",
        ),
        "inbox",
    ),
    "keeping": Help(
        "Partners",
        (
            "Those who were approved: their goals, their reviews, and when somebody last spoke with them.",
            "A partner nobody was in touch with for too long makes a task for whoever looks after them.",
            "Resources are the files and links they may use, by tier and stage.",
        ),
        "keep",
    ),
    "care": Help(
        "Partner care",
        (
            "What partners bring in each month, cases about broken rules, changed terms, and news to all of them.",
            "Every change of terms asks each partner to agree again, and shows who has.",
            "News respect the do-not-mail list and carry a link that ends them.",
        ),
        "partner-care",
    ),
    "waves": Help(
        "Migration",
        (
            "Partners who move over from another platform, in waves by value, each with a week and an incentive.",
            "Their invitation leads to a page on which they agree to move with one press.",
            "The report shows who moved, who declined, and who has not answered yet.",
        ),
        "migration",
    ),
    "tasks": Help(
        "Tasks",
        (
            "Things to do in this program, by the day they are due. Today shows yours over all programs.",
            "The product makes some itself: a site that changed, a call in a sequence, a mail nobody is sure about.",
            "Write @ and a name to tell somebody who does not do it but should know.",
        ),
        "watch",
    ),
    "discover": Help(
        "Discover",
        (
            "Finds companies from lists, directories and the partner pages of competitors.",
            "Nothing is added by itself: you look through the candidates and choose.",
            "Who is on the board already, or was declined, is marked.",
        ),
        "discover",
    ),
    "imports": Help(
        "Imports",
        (
            "Bring companies in from CSV or Excel. You see what becomes of each row before anything is written.",
            "A bad row never stops the others; download the ones that did not work, put them right, import them again.",
            "An import can be taken back. What somebody has worked on since stays, and you are told.",
        ),
        "import",
    ),
    "search": Help(
        "Search",
        (
            "Finds companies, people, notes and what stands on their sites, also with a slip of the keyboard.",
            "Ctrl+K opens it anywhere and knows commands too, such as going to a page or adding a company.",
            "You find what is in your programs only.",
        ),
        "search",
    ),
    "notifications": Help(
        "Notifications",
        (
            "What concerns you: mentions, things given to you, replies, applications, tasks that are due.",
            "Many of one kind within an hour become one line.",
            "For each kind choose whether it stands here only, is mailed at once, comes in the morning's mail, or not.",
        ),
        "today",
    ),
    "suppressions": Help(
        "Do not mail",
        (
            "Addresses and domains that no program may write to, each with the reason and where it came from.",
            "Opt-outs, bounces and complaints come here by themselves, at once.",
            "An entry survives when a person is erased, as a code from which the address cannot be read.",
        ),
        "inbox",
    ),
}
_BY_AREA |= {"duplicates": _BY_AREA["search"], "adding": _BY_AREA["search"]}
GENERAL = Help("Help", ("This screen has no help of its own yet; the documentation has all of it.",), "index")


def help_for(endpoint: str) -> Help:
    """Return the help of a screen, that of its area where it has none of its own, else where to look."""
    return _BY_ENDPOINT.get(endpoint) or _BY_AREA.get(endpoint.partition(".")[0]) or GENERAL


def all_help() -> tuple[Help, ...]:
    """Return every help there is; a test holds them to their length and to pages that exist."""
    return (*_BY_ENDPOINT.values(), *_BY_AREA.values(), GENERAL)
