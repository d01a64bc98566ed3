"""Assignment rules among other transactions: nobody waits for somebody who waits for them."""

import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from app.db import reading, transaction
from app.models import Company, Prospect
from app.models.assignment import AssignmentRule
from app.services.assigning.giving import choose_owners
from app.services.audit import record_audit
from app.services.companies import find_or_add_company
from app.services.prospects import NewProspect, add_prospect
from tests.world import make_program, make_user


def test_who_notes_something_before_adding_and_an_import_do_not_wait_for_each_other(database: Engine) -> None:
    with transaction() as session:
        person = make_user(session)
        program = make_program(session, person)
        session.add(AssignmentRule(program_id=program.id, name="All", position=1, people=[person.id], conditions={}))
        one, other = (find_or_add_company(session, domain=domain).id for domain in ("one.com", "other.com"))

    def choose_and_note() -> None:
        with transaction() as session:
            choose_owners(session, program.id, [session.get_one(Company, other)], source="import")
            time.sleep(0.5)
            record_audit(session, "import.noted", subject="test")

    with ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            record_audit(session, "something.noted", subject="test")
            noted = pool.submit(choose_and_note)
            time.sleep(0.2)
            added = add_prospect(session, NewProspect(program_id=program.id, company_id=one, source="by hand"))
        noted.result(30)
    with reading() as session:
        assert session.get_one(Prospect, added.id).owner_id == person.id
