"""Old rows go, young and open ones stay."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from app.clock import now
from app.db import reading, transaction
from app.models import BatchState, ImportBatch, Notice, NoticeState, PostState, ProviderPost, UserSession
from app.services.errors import Conflict
from app.services.imports.batches import batch_for, start_batch
from app.services.imports.columns import Field
from app.services.retention import NOTICES_KEPT, POSTS_KEPT, SESSIONS_KEPT, UNUSED_FILES_KEPT, forget_old
from tests.world import make_program, make_user

DAY = timedelta(days=1)


def test_old_sessions_notices_and_posts_are_forgotten(database: Engine) -> None:
    at = now()
    with transaction() as session:
        user_id = make_user(session).id
        live = {"user_id": user_id, "expires_at": at + DAY}
        over = at - SESSIONS_KEPT
        sent = {"kind": "invitation", "to_address": "a@b.example", "subject": "s", "text": "t"}
        sent_at = at - NOTICES_KEPT
        post = {"provider": "sendgrid", "body": b"[]"}
        received_at = at - POSTS_KEPT
        session.add_all(
            [
                UserSession(token_hash="live", **live),
                UserSession(token_hash="just expired", user_id=user_id, expires_at=over + DAY),
                UserSession(token_hash="long expired", user_id=user_id, expires_at=over - DAY),
                UserSession(token_hash="long revoked", revoked_at=over - DAY, **live),
                Notice(state=NoticeState.SENT, sent_at=sent_at + DAY, **sent | {"kind": "young"}),
                Notice(state=NoticeState.SENT, sent_at=sent_at - DAY, **sent | {"kind": "old"}),
                Notice(state=NoticeState.FAILED, sent_at=sent_at - DAY, **sent | {"kind": "failed"}),
                ProviderPost(state=PostState.READ, received_at=received_at + DAY, **post),
                ProviderPost(state=PostState.READ, received_at=received_at - DAY, **post),
                ProviderPost(state=PostState.WAITING, received_at=received_at - DAY, **post),
            ]
        )
    with transaction() as session:
        assert forget_old(session) == 4
    with reading() as session:
        assert set(session.scalars(select(UserSession.token_hash))) == {"live", "just expired"}
        assert set(session.scalars(select(Notice.kind))) == {"young", "failed"}
        assert sorted(session.scalars(select(ProviderPost.state))) == [PostState.READ, PostState.WAITING]


def test_a_file_that_was_never_imported_is_not_kept_for_ever(database: Engine) -> None:
    old = now() - UNUSED_FILES_KEPT - DAY
    file = {"filename": "people.csv", "content": b"domain\na.example\n", "columns": {"domain": Field.SITE}}
    with transaction() as session:
        program_id = make_program(session).id
        dropped = ImportBatch(program_id=program_id, state=BatchState.CANCELED, created_at=old, **file)
        waiting = ImportBatch(program_id=program_id, state=BatchState.CHECKING, created_at=old, **file)
        young = ImportBatch(program_id=program_id, state=BatchState.CHECKED, created_at=old + 2 * DAY, **file)
        session.add_all([dropped, waiting, young])
    with transaction() as session:
        assert forget_old(session) == 1
    with transaction() as session:
        kept = select(ImportBatch.id).where(ImportBatch.content.is_not(None))
        assert set(session.scalars(kept)) == {waiting.id, young.id}
        with pytest.raises(Conflict, match=r"no longer kept\. Upload it again"):
            start_batch(session, batch_for(session, program_id, dropped.id), by_user_id=None)
