"""For agencies: they are asked to bring clients, so the first thing they need is a reason to trust us with one."""

# A paragraph of a mail is one line, as its reader's mail program wraps it.
# ruff: noqa: E501

from app.languages import mark
from app.models import ProgramType
from app.services.ready_made.shape import Mail, Manual, ReadyMade, Wording

AGENCIES = ReadyMade(
    key="agencies",
    name=mark("Agencies"),
    description=mark("Three mails and a LinkedIn note over three weeks. Asks for a short call, offers a test account."),
    suits=(ProgramType.AGENCY, ProgramType.TECHNOLOGY),
    steps=(
        Mail(
            after=0,
            wordings=(
                Wording(
                    subject="{{ company.name }} and {{ program.name }}",
                    body="""
Hello {{ contact.first_name | default: "there" }},

I look for agencies that know their clients' shops from the inside, and {{ company.name }} reads like one.{% if site.quote %} This line on your site made me write: “{{ site.quote }}”{% endif %}

{% if program.offer %}What we offer partners, in short: {{ program.offer }}{% else %}We run a partner program for agencies and would like to show you how it works.{% endif %}

Would twenty minutes next week be of use to you? If the answer is no, one word is enough and I will not write again.
""",
                ),
                Wording(
                    subject="A question about your clients, {{ contact.first_name | default: company.name }}",
                    body="""
Hello {{ contact.first_name | default: "there" }},

One question: do your clients ever ask you for something like what we do, and what do you recommend to them today?

I ask because we run {{ program.name }}, a program for agencies, and I would rather hear what is missing than send you a brochure.{% if program.offer %}

The offer itself in short: {{ program.offer }}{% endif %}

A line back is plenty. If it is not your field, tell me and I will leave you in peace.
""",
                ),
            ),
        ),
        Manual(
            after=3,
            channel="linkedin",
            title="Connect with {{ contact.name | default: company.name }} on LinkedIn",
            body="""
Hello {{ contact.first_name | default: "there" }}, I wrote to you about {{ program.name }} this week. No need to answer here; I only like to know whom I am writing to. {{ sender.first_name }}
""",
        ),
        Mail(
            after=4,
            wordings=(
                Wording(
                    subject="",
                    body="""
Hello {{ contact.first_name | default: "there" }},

a short second note. Agencies usually ask us three things first, so here they are:

- Who owns the client? You do. We never sell past a partner.
- Who answers when something breaks? A named engineer, not a queue.
- What does it cost you? Nothing. There is no fee and no minimum.

If you would like to try it before you talk to anybody, I can set up a test account for {{ company.name }}. Shall I?
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

this is my last note. If {{ program.name }} is not for {{ company.name }}, that is fine, and you will not hear from me again.

If it is only the wrong month, answer with a better one and I will write then.
""",
                ),
            ),
        ),
    ),
)
