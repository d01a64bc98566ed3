"""What a ready-made sequence is made of, and how it becomes a draft's content."""

from dataclasses import dataclass
from typing import Any

from app.models import ProgramType


@dataclass(frozen=True, slots=True)
class Wording:
    """One variant of an e-mail."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail so many working days after the step before; several wordings are tried against each other."""

    after: int
    wordings: tuple[Wording, ...]
    hours: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """A task for a person."""

    after: int
    channel: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMade:
    """A sequence to start from; `suits` are the program types it is offered to first."""

    key: str
    name: str
    description: str
    suits: tuple[ProgramType, ...]
    steps: tuple[Mail | Manual, ...]

    @property
    def mails(self) -> int:
        """Return how many e-mails it sends at most."""
        return sum(isinstance(step, Mail) for step in self.steps)

    @property
    def days(self) -> int:
        """Return how many working days it takes from the first to the last step."""
        return sum(step.after for step in self.steps)

    def content(self) -> dict[str, Any]:
        """Return it in the shape that sequence versions keep."""
        steps, words = [], {}
        for number, step in enumerate(self.steps, start=1):
            kind = "email" if isinstance(step, Mail) else "task"
            step_id = f"{kind}-{number}"
            plan: dict[str, Any] = {"id": step_id, "kind": kind, "too_late_hours": 24 if kind == "email" else 72}
            plan["delay"] = {"working_days": step.after} if step.after else {}
            if isinstance(step, Manual):
                words[step_id] = {"": {"channel": step.channel, "title": step.title, "body": step.body.strip()}}
            else:
                words[step_id] = _mail_words(plan, step)
            steps.append(plan)
        window = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"}
        plan_of_all = {
            "id": self.key,
            "window": window,
            "stops_company": ["reply", "opt_out", "complaint", "application"],
            "steps": steps,
        }
        return {"plan": plan_of_all, "words": words, "keeps_holidays": True}


def _mail_words(plan: dict[str, Any], step: Mail) -> dict[str, dict[str, str]]:
    if step.hours:
        days = ["mon", "tue", "wed", "thu", "fri"]
        plan["window"] = {"days": days, "from": step.hours[0], "to": step.hours[1]}
    if len(step.wordings) == 1:
        only = step.wordings[0]
        return {"": {"subject": only.subject, "body": only.body.strip()}}
    plan["variants"] = [{"id": name, "weight": 1} for name, _ in zip("abcd", step.wordings, strict=False)]
    return {
        name: {"subject": each.subject, "body": each.body.strip()}
        for name, each in zip("abcd", step.wordings, strict=False)
    }
