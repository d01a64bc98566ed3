"""A program with a partner, an admin, and whoever sends requests to the API with a token, for tests."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import transaction
from app.models import Partnership, Program, Role, User
from app.models.api_token import ApiScope
from app.services.api_tokens import NewToken, create_token
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user

ALL = tuple(ApiScope)


@dataclass
class Api:
    """A program with one partner and an admin, and a client that sends a token."""

    client: FlaskClient
    admin: User
    program: Program
    partner: Partnership

    def token(self, *scopes: ApiScope, **values: Any) -> str:
        new = {"name": "Tracking", "scopes": scopes or ALL, "program_id": 0, "days": 0}
        with transaction() as session:
            return create_token(session, NewToken(**new | values), actor=self.admin)[1]

    def send(self, token: str, method: str, path: str, body: object = None, **more: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        path = path if path.startswith("/api") else f"/api/v1/programs/{self.program.slug}{path}"
        return self.client.open(
            path, method=method, headers=headers, **{"json": body} if body is not None else {}, **more
        )

    def put_month(self, token: str, body: object, month: str = "2026-03") -> TestResponse:
        return self.send(token, "PUT", f"/partners/{self.partner.id}/results/{month}", body)


def make_api_world(app: Flask) -> Api:
    """Add the program “harbor” with one partner, whom the other platform calls P-77."""
    with transaction() as session:
        admin = make_user(session, Role.ADMIN, name="Ada Admin")
        manager = make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")
        program = make_program(session, manager, slug="harbor")
        partner, _ = make_partner(
            session, program, None, external_id="P-77", tier="Gold", account_manager_id=manager.id
        )
    return Api(app.test_client(), admin, program, partner)
