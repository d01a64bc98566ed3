"""Old rows go, young and open ones stay."""

from datetime import timedelta

from sqlalchemy import Engine, select

from app.clock import now
from app.db import reading, transaction
from app.models import Notice, NoticeState, PostState, ProviderPost, UserSession
from app.services.retention import NOTICES_KEPT, POSTS_KEPT, SESSIONS_KEPT, forget_old
from tests.world import make_user

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
