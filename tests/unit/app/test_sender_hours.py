"""A sender's hours of its own: kept, checked, taken away."""

import pytest
from sqlalchemy.orm import Session

from app.queries.sending_rules import sender_hours
from app.services.errors import InvalidInput
from app.services.sender_changes import SenderDetails, change_sender, create_sender
from tests.world import make_program, make_user

NIGHTS = {"days": ["tue"], "from": "22:00", "to": "23:00"}


def test_hours_are_kept_and_taken_away_again(session: Session) -> None:
    program, actor = make_program(session), make_user(session)
    details = SenderDetails(name="Theo", address="theo@agency.example", postal_address="12 Harbor Street", hours=NIGHTS)
    sender = create_sender(session, program, details, actor=actor)
    hours = sender_hours(sender)
    assert hours is not None
    assert (hours.days, hours.opens.hour, hours.closes.hour) == (frozenset({1}), 22, 23)
    plain = SenderDetails(name="Theo", address="theo@agency.example", postal_address="12 Harbor Street")
    change_sender(session, sender, plain, version=1, actor=actor)
    assert sender_hours(sender) is None


@pytest.mark.parametrize(
    ("hours", "field"),
    [({**NIGHTS, "days": []}, "days"), ({**NIGHTS, "to": "21:00"}, "closes")],
)
def test_hours_that_never_open_are_refused_beside_their_field(
    session: Session, hours: dict[str, object], field: str
) -> None:
    details = SenderDetails(name="Theo", address="theo@agency.example", postal_address="12 Harbor Street", hours=hours)
    with pytest.raises(InvalidInput) as caught:
        create_sender(session, make_program(session), details, actor=make_user(session))
    assert list(caught.value.fields) == [field]
