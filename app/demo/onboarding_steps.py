"""The steps that a new agency takes in the demo, one of every kind."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import ActionKind, OnboardingTemplate, OwnerSide, Program, User
from app.services.keeping.resources import Content, TypedResource, add_resource
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.templates import TemplateContent, add_action, add_template

_QUIZ = """When does the offer after checkout show?
* After the payment, before the thank-you page
- In the cart

Who is charged when a merchant takes the offer?
* The same card, without typing it again
- Nobody, it is a mail

What do you say when you earn by a recommendation?
- Nothing
* That you earn by it"""
_RULES = """Say that you earn by it, each time, before the link.

Call the offer what it is: one more product after checkout, with one click and the same card. Please do not promise a
number of your own; use the ones from our studies, with their source.

Never bid on our name. If you are not sure about a sentence, send it to your account manager first."""
_STEPS: tuple[tuple[ActionContent, str], ...] = (
    (ActionContent(kind=ActionKind.ACCEPT_TERMS, title="Accept the terms", due_days=3), ""),
    (
        ActionContent(
            kind=ActionKind.VIEW_RESOURCE,
            title="See how the offer works",
            text="Ten minutes, with the two studies and their numbers.",
            due_days=5,
            is_required=False,
        ),
        "",
    ),
    (ActionContent(kind=ActionKind.READ_CONFIRM, title="How we speak about Afterglow", text=_RULES, due_days=5), ""),
    (
        ActionContent(
            kind=ActionKind.ANSWER_QUESTIONS,
            title="Your shops and your team",
            questions="Which three shops come first?\nWho of you builds, and who talks to the merchant?",
            due_days=7,
        ),
        "",
    ),
    (
        ActionContent(
            kind=ActionKind.UPLOAD,
            title="Your tax form",
            text="W-9 in the US, W-8BEN-E elsewhere. We need it before the first payment.",
            due_days=10,
            needs_approval=True,
        ),
        "",
    ),
    (
        ActionContent(
            kind=ActionKind.BOOK_CALL,
            title="Kick-off call",
            text="Half an hour with your account manager and an engineer.",
            place="https://meet.afterglow.demo.test/kick-off",
            due_days=7,
        ),
        "Your shops and your team",
    ),
    (
        ActionContent(
            kind=ActionKind.TO_DO,
            title="Set up a development store",
            owner=OwnerSide.ACCOUNT_MANAGER,
            due_days=5,
        ),
        "Your shops and your team",
    ),
    (
        ActionContent(kind=ActionKind.RECEIVE_CODE, title="Your partner link", due_days=8),
        "Accept the terms",
    ),
    (
        ActionContent(
            kind=ActionKind.TRAINING,
            title="Afterglow in twenty minutes",
            url="https://afterglow.demo.test/partners/course",
            quiz=_QUIZ,
            badge="Afterglow certified",
            due_days=14,
        ),
        "How we speak about Afterglow",
    ),
    (
        ActionContent(
            kind=ActionKind.FIRST_PILOT,
            title="A first pilot together",
            text="A guest post, a webinar, or a first shop we set up side by side.",
            due_days=30,
            needs_approval=True,
        ),
        "Kick-off call",
    ),
)


def write_template(session: Session, program: Program, manager: User) -> OnboardingTemplate:
    """Write the template, each step waiting for the one it names."""
    template = add_template(session, program, TemplateContent(name="Agencies", stuck_days=7), actor=manager)
    guide = TypedResource(kind="guide", title="How the offer after checkout works", about="Ten minutes, with pictures.")
    link = Content(url="https://afterglow.demo.test/guide")
    resource = add_resource(session, program, guide, link, actor=manager)
    ids: dict[str, int] = {}
    for content, waits_for in _STEPS:
        values = {name: getattr(content, name) for name in ActionContent.__dataclass_fields__}
        shown = resource.id if content.kind is ActionKind.VIEW_RESOURCE else None
        content = ActionContent(**(values | {"depends_on_id": ids.get(waits_for), "resource_id": shown}))
        ids[content.title] = add_action(session, template, content, actor=manager).id
    return template
