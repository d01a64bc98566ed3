"""Post the reports people have sent to them: computed in a snapshot, then the period is taken and the mail posted."""

from app.db import reading, snapshot, transaction
from app.log import get_logger
from app.models.report_mail import ReportMail
from app.services.report_mails import compose, due_report_mails, end_report_mail, leave_period_out, post_composed

log = get_logger(__name__)

AT_ONCE = 5


def post_report_mails() -> int:
    """Post a handful of the reports that are due; return how many. What nobody may see any more is ended."""
    posted = 0
    with reading() as session:
        due = due_report_mails(session, limit=AT_ONCE)
    for mail_id in due:
        try:
            posted += _post(mail_id)
        except Exception:  # a fault of ours with one report must not hold up what else is done each minute
            log.exception("report_mail_broke", report_mail_id=mail_id)
            with transaction() as session:
                leave_period_out(session, mail_id)
    return posted


def _post(mail_id: int) -> bool:
    with snapshot() as session:
        mail = compose(session, mail_id)
    with transaction() as session:
        if mail is not None:
            return post_composed(session, mail)
        row = session.get(ReportMail, mail_id)
        if row is not None:
            end_report_mail(session, row)
    return False
