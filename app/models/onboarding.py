"""Onboarding: templates of a program, and the plan of each new partner, copied from one when it starts."""

import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value
from app.models.partnership import PersonRefOrNone


class ActionKind(StrEnum):
    """What is done in an action."""

    VIEW_RESOURCE = "view_resource"
    READ_CONFIRM = "read_confirm"
    ANSWER_QUESTIONS = "answer_questions"
    UPLOAD = "upload"
    ACCEPT_TERMS = "accept_terms"
    BOOK_CALL = "book_call"
    RECEIVE_CODE = "receive_code"
    FIRST_PILOT = "first_pilot"
    TRAINING = "training"
    TO_DO = "to_do"

    @property
    def label(self) -> str:
        """Return the kind as people read it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    ActionKind.VIEW_RESOURCE: "Look at a resource",
    ActionKind.READ_CONFIRM: "Read and confirm",
    ActionKind.ANSWER_QUESTIONS: "Answer questions",
    ActionKind.UPLOAD: "Send a document",
    ActionKind.ACCEPT_TERMS: "Accept the terms",
    ActionKind.BOOK_CALL: "Book a call",
    ActionKind.RECEIVE_CODE: "Receive a link or code",
    ActionKind.FIRST_PILOT: "First pilot",
    ActionKind.TRAINING: "Training with a quiz",
    ActionKind.TO_DO: "Something else",
}


class OwnerSide(StrEnum):
    """Who has to do an action."""

    PARTNER = "partner"
    ACCOUNT_MANAGER = "account_manager"
    STAFF = "staff"

    @property
    def label(self) -> str:
        """Return the side as people read it."""
        return {"partner": "Partner", "account_manager": "Account manager", "staff": "A colleague"}[self.value]


class ActionState(StrEnum):
    """Where an action stands."""

    PENDING = "pending"
    WAITING_FOR_APPROVAL = "waiting_for_approval"
    ACTION_REQUIRED = "action_required"
    DONE = "done"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return {
            "pending": "To do",
            "waiting_for_approval": "Waiting for approval",
            "action_required": "Sent back",
            "done": "Done",
            "skipped": "Skipped",
        }[self.value]


# Somebody still has to do these; the others are behind us.
OPEN_ACTION_STATES = (ActionState.PENDING, ActionState.ACTION_REQUIRED)
CLOSED_ACTION_STATES = (ActionState.DONE, ActionState.SKIPPED)


class OnboardingTemplate(Base):
    """A checklist for new partners of a program, of one tier or (with an empty tier) of all others."""

    __tablename__ = "onboarding_templates"
    __table_args__ = (
        # One in force for a tier, so that an approval never has to guess.
        Index(
            "uq_onboarding_templates_in_force",
            "program_id",
            "tier",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    name: Mapped[str] = mapped_column(String(120))
    tier: Mapped[str] = mapped_column(String(60), default="")
    # After so many days without progress a partner counts as stuck.
    stuck_days: Mapped[int] = mapped_column(default=7)
    created_at: Mapped[CreatedAt]
    archived_at: Mapped[datetime | None]


def new_origin() -> str:
    """Return a name by which a template's action is known in the plans that were copied from it."""
    return secrets.token_hex(8)


class TemplateAction(Base):
    """One action of a template. `settings` holds what its kind needs (app.services.onboarding.contents)."""

    __tablename__ = "template_actions"

    id: Mapped[Id]
    template_id: Mapped[int] = mapped_column(ForeignKey("onboarding_templates.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[ActionKind] = mapped_column(by_value(ActionKind))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[OwnerSide] = mapped_column(by_value(OwnerSide), default=OwnerSide.PARTNER)
    assignee_id: Mapped[UserRefOrNone]
    due_days: Mapped[int] = mapped_column(default=7)
    depends_on_id: Mapped[int | None] = mapped_column(ForeignKey("template_actions.id", ondelete="SET NULL"))
    needs_approval: Mapped[bool] = mapped_column(default=False)
    is_required: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Not the id: a database may give the id of a removed action to a new one.
    origin: Mapped[str] = mapped_column(String(16), default=new_origin)


class OnboardingPlan(Base):
    """A partner's own checklist: a copy of the template as it was on the day it started."""

    __tablename__ = "onboarding_plans"
    __table_args__ = (Index("ix_onboarding_plans_program_id_done_at", "program_id", "done_at", "stuck_at"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id", ondelete="CASCADE"), unique=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("onboarding_templates.id", ondelete="SET NULL"))
    template_name: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[CreatedAt]
    stuck_days: Mapped[int]
    # The last time anything was done, and when the plan counts as stuck if nothing more is.
    progressed_at: Mapped[CreatedAt]
    stuck_at: Mapped[datetime]
    stuck_told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class OnboardingAction(Base):
    """One thing to do in a partner's plan: whose it is, by when, where it stands, and what was answered."""

    __tablename__ = "onboarding_actions"
    __table_args__ = (
        Index("ix_onboarding_actions_plan_id", "plan_id", "position"),
        Index("ix_onboarding_actions_program_id_state", "program_id", "state", "due_at"),
    )

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("onboarding_plans.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[ActionKind] = mapped_column(by_value(ActionKind))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[OwnerSide] = mapped_column(by_value(OwnerSide))
    assignee_id: Mapped[UserRefOrNone]
    due_days: Mapped[int]
    depends_on_id: Mapped[int | None] = mapped_column(ForeignKey("onboarding_actions.id", ondelete="SET NULL"))
    needs_approval: Mapped[bool]
    is_required: Mapped[bool]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The action of the template that it is a copy of; "" where it is of no template.
    origin: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[ActionState] = mapped_column(by_value(ActionState), default=ActionState.PENDING)
    # None while it waits for the action it depends on; the days until it is due are counted from here.
    opened_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    # What was answered, by the kind: answers, slot of a call, code, score of a quiz.
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What staff said when they sent it back or skipped it; the partner reads it.
    note: Mapped[str] = mapped_column(Text, default="")
    # Counted up by every change; a stale number in a form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    submitted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]


class OnboardingDocument(Base):
    """A file that was sent for an action. Its bytes lie in the data folder under `key`, never under its own name."""

    __tablename__ = "onboarding_documents"

    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(ForeignKey("onboarding_actions.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[PersonRefOrNone]
    user_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class PlanEventKind(StrEnum):
    """What happened in a plan."""

    STARTED = "started"
    HANDED_OVER = "handed_over"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    DONE = "done"
    SKIPPED = "skipped"
    REOPENED = "reopened"
    CODE_GIVEN = "code_given"
    COMPLETED = "completed"
    NUDGED = "nudged"
    UPDATED = "updated"

    @property
    def label(self) -> str:
        """Return the name people read."""
        return self.value.replace("_", " ").capitalize()


class PlanEvent(Base):
    """One thing that happened in a plan: when, by whom of which side (neither: the product), in what words."""

    __tablename__ = "plan_events"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("onboarding_plans.id", ondelete="CASCADE"), index=True)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("onboarding_actions.id", ondelete="SET NULL"))
    kind: Mapped[PlanEventKind] = mapped_column(by_value(PlanEventKind))
    user_id: Mapped[UserRefOrNone]
    person_id: Mapped[PersonRefOrNone]
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[CreatedAt]


class PlanUpdate(Base):
    """One plan brought up to date with its edited template; what was done in one go shares its act."""

    __tablename__ = "plan_updates"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("onboarding_plans.id", ondelete="CASCADE"), index=True)
    act: Mapped[str] = mapped_column(String(16), index=True)
    # What app.services.onboarding.updating needs to undo it: ids of steps added, columns of steps changed and removed.
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by_user_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
    undone_at: Mapped[datetime | None]
