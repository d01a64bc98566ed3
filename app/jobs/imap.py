"""Fetch the mail of SMTP senders' mailboxes over IMAP: one broken mailbox never stops the others."""

from app import dispatch
from app.clock import now
from app.db import reading, transaction
from app.dispatch import Job
from app.log import get_logger
from app.models import Sender
from app.queries.mailboxes import DueMailbox, due_mailboxes
from app.services.mailboxes import keep_fetched, record_fetch_failure, record_fetched
from app.services.sealing import Unsealable
from app.services.senders import imap_of
from outreach.connection_check import ImapAccount
from outreach.imap import Connect, ImapError, Watermark, connect_with_tls, fetch_new

log = get_logger(__name__)


def fetch_imap(*, connect: Connect = connect_with_tls) -> int:
    """Read every mailbox whose time has come; return how many mails were new."""
    dispatch.heard(Job.FETCH_IMAP)
    with reading() as session:
        due = due_mailboxes(session)
    return sum(_fetch(mailbox, connect) for mailbox in due)


def _fetch(mailbox: DueMailbox, connect: Connect) -> int:
    try:
        account = _account(mailbox)
        return _fetch_from(account, mailbox, connect) if account else 0
    except (ImapError, Unsealable) as error:
        cause = str(error)
    except Exception as error:  # a fault of ours with one mailbox must not hold up the others
        log.exception("mailbox_broke", sender_id=mailbox.sender_id)
        cause = f"A fault of Scoutboard's own: {type(error).__name__}: {error}"
    log.warning("mailbox_not_read", sender_id=mailbox.sender_id, cause=cause)
    with transaction() as session:
        record_fetch_failure(session, mailbox.sender_id, cause=cause)
    return 0


def _account(mailbox: DueMailbox) -> ImapAccount | None:
    with reading() as session:
        return imap_of(session.get_one(Sender, mailbox.sender_id))


def _fetch_from(account: ImapAccount, mailbox: DueMailbox, connect: Connect) -> int:
    """Keep each mail as it comes, with its mark: a connection that breaks halfway loses nothing and repeats nothing."""
    kept = 0
    mark = Watermark(mailbox.uid_validity, mailbox.last_uid)
    for found in fetch_new(account, mark, now=now(), connect=connect):
        with transaction() as session:
            if isinstance(found, Watermark):
                record_fetched(session, mailbox.sender_id, found)
            else:
                kept += keep_fetched(session, mailbox.sender_id, found)
    return kept
