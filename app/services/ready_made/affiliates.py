"""For affiliates and review sites: they live off their readers' trust, so nothing may sound like buying an opinion."""

# A paragraph of a mail is one line, as its reader's mail program wraps it.
# ruff: noqa: E501

from app.languages import mark
from app.models import ProgramType
from app.services.ready_made.shape import Mail, ReadyMade, Wording

AFFILIATES = ReadyMade(
    key="affiliates",
    name=mark("Affiliates and review sites"),
    description=mark("Three mails over two and a half weeks. Terms first, no pressure on what they write."),
    suits=(ProgramType.AFFILIATE,),
    steps=(
        Mail(
            after=0,
            wordings=(
                Wording(
                    subject="Terms for {{ company.name }}, and something to test",
                    body="""
Hello {{ contact.first_name | default: "there" }},

I read {{ company.name }} to see how you judge products before I write to you about ours.{% if site.quote %} You say: “{{ site.quote }}” That is why I think it is worth your time.{% endif %}

{% if program.offer %}Our terms, so that you need not ask for them: {{ program.offer }}{% else %}We run {{ program.name }} and send the full terms on request; they fit on one page.{% endif %}

You write what you find, good or bad. I can send you full access to test with, and you can publish nothing at all. Would you like that?
""",
                ),
                Wording(
                    subject="Would your readers want to know about this?",
                    body="""
Hello {{ contact.first_name | default: "there" }},

your readers seem to be the people we build for{% if site.topic %} ({{ site.topic }}){% endif %}. Before I send anything: is this something {{ company.name }} would look at, and who decides?

If yes, I send access and our terms{% if program.offer %} ({{ program.offer }}){% endif %}. If no, tell me and I will not write again.
""",
                ),
            ),
        ),
        Mail(
            after=5,
            wordings=(
                Wording(
                    subject="",
                    body="""
Hello {{ contact.first_name | default: "there" }},

in case it helps you decide, this is what partners get from us:

- Access to everything customers see, for as long as you test.
- A person who answers questions of fact, also critical ones.
- Links that keep working, and a report you can check against your own numbers.

We ask for one thing: that you mark the links as paid, as the law and your readers expect.

Shall I open an account for you?
""",
                ),
            ),
        ),
        Mail(
            after=7,
            wordings=(
                Wording(
                    subject="",
                    body="""
Hello {{ contact.first_name | default: "there" }},

I do not want to fill your inbox, so this is the last one. If you test products like ours later this year, you have my address.

Thank you for reading this far.
""",
                ),
            ),
        ),
    ),
)
