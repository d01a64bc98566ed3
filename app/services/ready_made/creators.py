"""For creators: one person, little time, many offers. Say at once what it is, what it pays and what is expected."""

# A paragraph of a mail is one line, as its reader's mail program wraps it.
# ruff: noqa: E501

from app.languages import mark
from app.models import ProgramType
from app.services.ready_made.shape import Mail, Manual, ReadyMade, Wording

CREATORS = ReadyMade(
    key="creators",
    name=mark("Creators"),
    description=mark(
        "Two mails and a personal message over two weeks. What it is, what it pays, what you keep control of."
    ),
    suits=(ProgramType.CREATOR,),
    steps=(
        Mail(
            after=0,
            hours=("10:00", "18:00"),
            wordings=(
                Wording(
                    subject="An idea for you, {{ contact.first_name | default: company.name }}",
                    body="""
Hi {{ contact.first_name | default: "there" }},

I know you get many of these, so here is all of it in four lines.{% if site.quote %} (I did look: “{{ site.quote }}”){% endif %}

- Who: {{ program.name }}. {% if program.offer %}{{ program.offer }}{% endif %}
- What you would do: try it, and tell your people what you think. Your words, no script.
- What you keep: the last say, and everything you make.
- What we ask: that you say it is a partnership.

Would you like to see it? Answer with "yes" and I send you access, no call needed.
""",
                ),
                Wording(
                    subject="Paid partnership, your words: {{ program.name }}",
                    body="""
Hi {{ contact.first_name | default: "there" }},

would you try something and tell your audience honestly what you think of it, for money?

{% if program.offer %}The offer: {{ program.offer }}{% else %}I can send the numbers in my next mail.{% endif %} There is no script and no approval round. The only rule is that you say it is a partnership.

Interested, or not your thing? Either answer helps me.
""",
                ),
            ),
        ),
        Manual(
            after=4,
            channel="other",
            title="Look at what {{ contact.name | default: company.name }} made last, and comment if you mean it",
            body="""
Watch or read the newest piece. If something in it is really good, say so in public in one sentence. Do not mention the program there. If nothing is, drop this task.
""",
        ),
        Mail(
            after=4,
            wordings=(
                Wording(
                    subject="",
                    body="""
Hi {{ contact.first_name | default: "there" }},

one reminder and then I stop: the offer stands, and "not now" is a fine answer. If somebody else handles partnerships for you, their address is all I need.
""",
                ),
            ),
        ),
    ),
)
