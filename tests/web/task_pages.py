"""A program with a prospect and two people, one of them signed in, for the tests of tasks."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from app.db import reading, transaction
from app.models import Program, Prospect, Task, TaskState, User
from app.services.tasks import NewTask, open_task
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@dataclass(frozen=True)
class TaskWorld:
    """Whoever looks at the tasks, a colleague of theirs, and where they work."""

    user: User
    colleague: User
    program: Program
    prospect: Prospect
    client: FlaskClient

    @property
    def path(self) -> str:
        """Return the address of the tasks."""
        return f"/p/{self.program.slug}/tasks"

    def task(self, **values: object) -> int:
        """Open a task, the user's own without another `assignee_id`, and return its id."""
        with transaction() as session:
            fields = {"program_id": self.program.id, "title": "Call Nora back", "assignee_id": self.user.id} | values
            return open_task(session, NewTask(**fields)).id  # type: ignore[arg-type]

    def page(self, view: str = "mine") -> str:
        """Return the page with one of its views."""
        return self.client.get(f"{self.path}?view={view}").text


def make_task_world(sign_in: SignIn) -> TaskWorld:
    """Make it, in the database of the test."""
    with transaction() as session:
        user, colleague = make_user(session), make_user(session, name="Theo Brandvold")
        program = make_program(session, user, colleague)
        prospect = make_prospect(session, program, "kiln.example")
    return TaskWorld(user, colleague, program, prospect, sign_in(user))


def state_of(task_id: int) -> TaskState:
    """Return a task's state."""
    with reading() as session:
        return session.get_one(Task, task_id).state
