"""A partner's main contact passes the role on."""

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import AuditEvent, Notice, Partnership, Program, Provenance, User
from app.services.onboarding.people import NewPerson, add_person, people_of
from tests.onboarding_world import make_partner, portal_path
from tests.web.test_portal import manager, partner, program

__all__ = ["manager", "program"]


def test_the_main_contact_passes_the_role_on_and_both_hear_of_it(
    client: FlaskClient, program: Program, manager: User
) -> None:
    partnership, path = partner(program, manager)
    with transaction() as session:
        row = session.get_one(Partnership, partnership.id)
        [ada] = people_of(session, row.id)
        bea = add_person(session, row, NewPerson(name="Bea", email="bea@p.example"), provenance=Provenance.HAND)
        _, stranger = make_partner(session, program, None)
        her_path = portal_path(session, bea)
    passing = {"person_id": str(bea.id), "sure": "y"}
    assert "Pass the role of main contact on" in client.get(f"{path}/profile").text
    unsure = client.post(f"{path}/main-contact", data={"person_id": str(bea.id)})
    assert unsure.status_code == 422, unsure.location
    assert "Tick that you are sure" in unsure.text
    assert client.post(f"{path}/main-contact", data=passing | {"person_id": str(ada.id)}).status_code == 422
    assert client.post(f"{path}/main-contact", data=passing | {"person_id": str(stranger.id)}).status_code == 404
    assert client.post(f"{her_path}/main-contact", data=passing).status_code == 409
    assert client.post(f"{path}/main-contact", data=passing).status_code == 303
    assert client.post(f"{path}/main-contact", data=passing).status_code == 409
    with reading() as session:
        mails = session.scalars(select(Notice).where(Notice.kind == "partner_main_contact").order_by(Notice.id)).all()
        audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "partner_person.made_main")).one()
        assert [person.id for person in people_of(session, partnership.id) if person.is_main] == [bea.id]
    assert [mail.to_address for mail in mails] == [ada.email, bea.email]
    assert audited.details == {"person_id": bea.id, "by_person_id": ada.id}
    assert "Pass the role" not in client.get(f"{path}/profile").text
