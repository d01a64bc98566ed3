"""For resellers: they put their own name on the invoice, so margin, support and contract come before everything."""

# A paragraph of a mail is one line, as its reader's mail program wraps it.
# ruff: noqa: E501

from app.languages import mark
from app.models import ProgramType
from app.services.ready_made.shape import Mail, Manual, ReadyMade, Wording

RESELLERS = ReadyMade(
    key="resellers",
    name=mark("Resellers"),
    description=mark("Three mails and a call over four weeks. Margin, support and contract, then a call."),
    suits=(ProgramType.CHANNEL,),
    steps=(
        Mail(
            after=0,
            wordings=(
                Wording(
                    subject="Reselling for {{ company.name }}: the short version",
                    body="""
Hello {{ contact.first_name | default: "there" }},

{{ company.name }} serves the customers we want to reach, and you have what we cannot build quickly: their trust.{% if site.quote %} Your site says it this way: “{{ site.quote }}”{% endif %}

{% if program.offer %}The terms in short: {{ program.offer }}{% else %}Our reseller terms fit on one page, and I am glad to send it.{% endif %}

You invoice, you keep the customer, we do the second-level support. Who at {{ company.name }} decides about new lines, and may I send them the page?
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

three things resellers want to know before anything else:

- Territory: we name the resellers of a country to each other, so there are no surprises.
- Support: your team gets trained, ours answers what yours cannot, in writing, within a working day.
- Leaving: either side with a month's notice. Your customers stay yours.

Is one of these a reason not to talk? Then I would like to hear which.
""",
                ),
                Wording(
                    subject="",
                    body="""
Hello {{ contact.first_name | default: "there" }},

instead of another pitch: I can show your team the product for half an hour, on your customers' kind of problem, with nobody from sales in the room. If it does not fit, you know it by the end.

Which day suits you?
""",
                ),
            ),
        ),
        Manual(
            after=5,
            channel="call",
            title="Call {{ contact.name | default: company.name }}",
            body="""
Ask one thing: who decides about new lines, and when do they look at them? Leave a message if nobody answers; do not call twice in a week.
""",
        ),
        Mail(
            after=8,
            wordings=(
                Wording(
                    subject="",
                    body="""
Hello {{ contact.first_name | default: "there" }},

I close my list of resellers to talk to this quarter and take {{ company.name }} off it now. If that is wrong, an answer to this mail brings you back.

I wish you a good quarter either way.
""",
                ),
            ),
        ),
    ),
)
