"""The API: what a token may do and where, what is written, what is refused and how; the guide's own examples."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.db import reading, transaction
from app.models import AuditEvent, Company, PartnerResult, Partnership, Program, Prospect, Role, Stage
from app.models.api_token import ApiScope, ApiToken
from app.models.wave import WavePartner, WaveStatus
from app.services.api_tokens import NewToken, create_token
from app.web.api.document import DOCUMENT
from tests.api_world import ALL, Api, make_api_world
from tests.onboarding_world import make_partner
from tests.wave_world import make_wave_partner
from tests.web.route_map import ROUTES
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
_EXAMPLE = re.compile(r"```http\n(\w+) (\S+)\n(?:Content-Type: (\S+)\n\n(.*?)\n)?```\n\n```json\n(.*?)\n```", re.DOTALL)


@pytest.fixture
def api(app: Flask) -> Api:
    return make_api_world(app)


@pytest.mark.both_servers
def test_examples_of_the_guide_are_answered_as_it_says(app: Flask) -> None:
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with time_machine.travel(moment, tick=False), transaction() as session:
        admin, manager = make_user(session, Role.ADMIN), make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")
        program = make_program(session, manager, slug="harbor")
        prospect = make_prospect(session, program, "kiln.example", stage=Stage.ACTIVE)
        partner = Partnership(program_id=program.id, prospect_id=prospect.id, external_id="P-77", tier="Gold")
        partner.account_manager_id = manager.id
        moving = make_wave_partner(session, program, external_id="A-9")
        session.add(partner)
        session.flush()
        _name_companies(session, prospect.id, moving.prospect_id)
        text = create_token(session, NewToken(name="Guide", scopes=ALL, program_id=0, days=0), actor=admin)[1]
    examples = _EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(examples) == 9
    for method, path, kind, body, answer in examples:
        with time_machine.travel(moment, tick=False):
            said = app.test_client().open(
                path, method=method, headers={"Authorization": f"Bearer {text}"}, data=body, content_type=kind or None
            )
        assert said.json == json.loads(answer), path


def _name_companies(session: Any, *prospect_ids: int) -> None:
    names = {0: ("Kiln Media", "kiln.example"), 1: ("Lantern Reviews", "lantern.example")}
    for place, prospect_id in enumerate(prospect_ids):
        company = session.get_one(Company, session.get_one(Prospect, prospect_id).company_id)
        company.name, company.domain = names[place]


def test_month_is_put_once_however_often_it_comes(api: Api) -> None:
    token = api.token()
    body = {"amount": 1234.5, "currency": "eur", "leads": 3, "note": " Spring "}
    first, again = api.put_month(token, body), api.put_month(token, body)
    assert (first.status_code, first.json["changed"]) == (201, True)
    assert (again.status_code, again.json["changed"]) == (200, False)
    assert (again.json["amount"], again.json["currency"], again.json["note"]) == ("1234.50", "EUR", "Spring")
    other = api.put_month(token, {"leads": 4})
    assert (other.status_code, other.json["changed"], other.json["amount"]) == (200, True, None)
    with reading() as session:
        row = session.scalars(select(PartnerResult)).one()
        assert (row.source.value, row.user_id, row.leads) == ("api", api.admin.id, 4)
        acts = session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("partner_result"))).all()
        token_id = session.scalars(select(ApiToken.id)).one()
    assert [act.action for act in acts] == ["partner_result.added", "partner_result.replaced"]
    assert {act.details["token_id"] for act in acts} == {token_id}
    api.put_month(token, {"leads": 9}, "2026-04")
    page = api.send(token, "GET", f"/partners/{api.partner.id}/results?limit=1").json
    assert [row["month"] for row in page["results"]] == ["2026-04"]
    assert [row["month"] for row in api.send(token, "GET", page["next"]).json["results"]] == ["2026-03"]


def test_month_is_put_under_the_id_of_the_other_program(api: Api) -> None:
    token = api.token()
    with transaction() as session:
        session.get_one(Partnership, api.partner.id).external_id = "P 77"
        for _ in range(2):
            make_partner(session, session.get_one(Program, api.program.id), None, external_id="twice")

    def put(external_id: str, leads: int) -> int:
        return api.send(token, "PUT", f"/external/{external_id}/results/2026-01", {"leads": leads}).status_code

    assert [put("P%2077", leads) for leads in (1, 1, 2)] == [201, 200, 200]
    assert (put("nobody", 1), put("twice", 1)) == (404, 409)
    with reading() as session:
        assert session.scalars(select(PartnerResult.leads)).all() == [2]


def test_many_months_get_a_verdict_each(api: Api) -> None:
    token, partner = api.token(), api.partner.id
    rows = [
        {"partner_id": partner, "month": "2026-01", "leads": 1},
        {"partner_id": partner, "month": "2026-01", "leads": 1},
        {"partner_id": partner, "month": "2026-01", "leads": 2},
        {"partner_id": 999_999, "month": "2026-01", "leads": 1},
        {"partner_id": partner, "external_id": "x", "month": "2026-13", "leed": 1},
        {"external_id": "nobody", "month": "2026-02", "leads": 1},
        "no row",
        {"partner_id": 10**12, "month": "2026-02", "amount": "1,5", "currency": "EUR"},
        {"partner_id": partner, "month": "2026-02", "amount": 10, "currency": "EUR"},
    ]
    said = api.send(token, "POST", "/results", {"results": rows})
    assert said.status_code == 200
    found = [row["verdict"] for row in said.json["rows"]]
    assert found == ["created", "unchanged", "changed", *["refused"] * 5, "created"]
    assert said.json["counts"] == {"created": 2, "changed": 1, "unchanged": 1, "refused": 5}
    assert [row["row"] for row in said.json["rows"]] == list(range(1, 10))
    assert {each["field"] for each in said.json["rows"][4]["errors"]} >= {"leed", "month"}
    assert all(each["next"] for row in said.json["rows"] for each in row["errors"])
    with reading() as session:
        assert len(session.scalars(select(PartnerResult)).all()) == 2
    for bad in ({"results": []}, {"results": rows[:1] * 101}, {"rows": rows}, {"results": {}}):
        assert api.send(token, "POST", "/results", bad).status_code == 422
    assert api.send(api.token(ApiScope.READ), "POST", "/results", {"results": rows}).status_code == 403


def test_status_is_put_with_what_follows_and_is_noticed_when_stale(api: Api) -> None:
    token = api.token(ApiScope.WAVES_WRITE, ApiScope.READ)
    with transaction() as session:
        partner = make_wave_partner(session, api.program, external_id="A-9")
    path = f"/waves/partners/{partner.id}/status"
    done = api.send(token, "PUT", path, {"status": "invited", "version": 1})
    assert (done.status_code, done.json["status"], done.json["version"], done.json["changed"]) == (
        200,
        "invited",
        2,
        True,
    )
    same = api.send(token, "PUT", path, {"status": "invited", "version": 1})
    assert (same.status_code, same.json["changed"]) == (200, False)
    stale = api.send(token, "PUT", path, {"status": "lost", "version": 1})
    assert (stale.status_code, stale.json["type"]) == (409, "urn:scoutboard:problem:conflict")
    too_soon = api.send(token, "PUT", path, {"status": "moved"})
    assert too_soon.status_code == 409
    assert "Not accepted yet" in too_soon.json["detail"]
    wrong = api.send(token, "PUT", path, {"status": "opened", "version": "two"}).json
    assert [each["field"] for each in wrong["errors"]] == ["status", "version"]
    with reading() as session:
        assert session.get_one(WavePartner, partner.id).status is WaveStatus.INVITED
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "waves.statuses_set")).one()
        assert (event.actor_id, event.details["source"]) == (api.admin.id, "api")
    found = api.send(token, "GET", "/waves/partners?status=invited&external_id=A-9").json
    assert [row["id"] for row in found["partners"]] == [partner.id]
    assert api.send(token, "GET", "/waves/partners?status=gone").status_code == 422


def test_lists_go_on_page_by_page_and_hold_only_their_program(api: Api) -> None:
    token = api.token(ApiScope.READ)
    with transaction() as session:
        second, _ = make_partner(session, api.program, None)
        foreign, _ = make_partner(session, make_program(session, slug="other"), None)
    page = api.send(token, "GET", "/partners?limit=1").json
    assert [row["id"] for row in page["partners"]] == [api.partner.id]
    rest = api.send(token, "GET", page["next"]).json
    assert ([row["id"] for row in rest["partners"]], rest["next"]) == ([second.id], None)
    assert api.send(token, "GET", "/partners?external_id=P-77").json["partners"][0]["account_manager"] == "Joanna Wilk"
    assert api.send(token, "GET", "/partners?domain=nobody.example").json["partners"] == []
    assert api.send(token, "GET", f"/partners/{foreign.id}/results").status_code == 404
    for wrong in ("limit=0", "limit=201", "limit=x", "after=-1", "after=99999999999", "before=soon"):
        refused = api.send(token, "GET", f"/partners/{api.partner.id}/results?{wrong}")
        path = "/partners" if "after" in wrong else ""
        refused = api.send(token, "GET", f"{path}?{wrong}") if path else refused
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, wrong.partition("=")[0])


BAD_MONTHS: list[tuple[object, dict[str, str]]] = [
    ({"amount": 1.234, "currency": "EUR"}, {"amount": "'1.234' is no amount."}),
    ({"amount": "1e5", "currency": "EUR"}, {"amount": "'1e5' is no amount."}),
    ({"amount": True, "currency": "EUR"}, {"amount": "This must be a text or a number."}),
    ({"amount": -1, "leads": -1, "currency": "EURO"}, {"amount": "", "leads": "", "currency": ""}),
    ({"leeds": 4, "leads": 4}, {"leeds": "There is no field of this name."}),
    ({"amount": "5"}, {"currency": "Say in which currency, such as EUR."}),
    ({"band": "lots", "currency": "EUR"}, {"band": ""}),
    ({"leads": 1, "note": "x" * 501}, {"note": "At most 500 characters."}),
    ({}, {"amount": ""}),
    ([1], {"body": "The body must be one JSON object."}),
]


@pytest.mark.parametrize(("body", "wrong"), BAD_MONTHS)
def test_every_wrong_field_is_named_with_cause_and_next_step(api: Api, body: object, wrong: dict[str, str]) -> None:
    refused = api.put_month(api.token(), body)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    errors = {each["field"]: each for each in refused.json["errors"]}
    assert set(errors) == set(wrong)
    for field, cause in wrong.items():
        assert errors[field]["cause"].startswith(cause)
        assert errors[field]["next"]
    with reading() as session:
        assert session.scalars(select(PartnerResult)).all() == []


def test_what_is_no_request_is_refused_in_json(api: Api) -> None:
    token, path = api.token(), f"/partners/{api.partner.id}/results/2026-03"
    for more in ({"data": "{", "content_type": "application/json"}, {"data": "a=1"}, {"data": b"\xff\x00"},
                 {"data": "[" * 9000, "content_type": "application/json"},
                 {"data": '{"leads": NaN}', "content_type": "application/json"}):  # fmt: skip
        refused = api.send(token, "PUT", path, **more)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "body")
    assert api.send(token, "PUT", path, {"note": "x" * 20_000}).status_code == 413
    for month in ("2026-13", "03-2026", "March 2026", "2999-01", "x"):
        assert api.put_month(token, {"leads": 1}, month).json["errors"][0]["field"] == "month"
    for method, wrong in (
        ("GET", "/api/v1/nowhere"),
        ("GET", "/api/v1/"),
        ("DELETE", "/partners"),
        ("PUT", "/partners/x"),
    ):
        refused = api.send(token, method, wrong)
        assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")
        assert refused.json["next"]


def test_description_names_every_address_and_no_other(api: Api) -> None:
    assert api.client.get("/api/v1/openapi.json").json == json.loads(json.dumps(DOCUMENT))
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule.removeprefix("/api/v1")), route.method.lower())
        for route in ROUTES
        if route.endpoint.startswith("api.") and route.endpoint != "api.nothing"
    }
    described = {(path, method): at for path, methods in DOCUMENT["paths"].items() for method, at in methods.items()}
    assert set(described) == routes
    for (path, _method), operation in described.items():
        named = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_id_that_no_row_can_have_is_refused_as_the_rest_is(api: Api) -> None:
    answer = api.client.get(f"/api/v1/programs/harbor/partners/{2**63}/results", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["type"] == "urn:scoutboard:problem:http-404"
