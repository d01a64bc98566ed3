"""Post the reports people have sent to them: computed in a snapshot, then the period is taken and the mail posted."""

from app.db import reading, snapshot, transaction
from app.models.report_mail import ReportMail
from app.services.report_mails import compose, due_report_mails, end_report_mail, post_composed

AT_ONCE = 5


def post_report_mails() -> int:
    """Post a handful of the reports that are due; return how many. What nobody may see any more is ended."""
    posted = 0
    with reading() as session:
        due = due_report_mails(session, limit=AT_ONCE)
    for mail_id in due:
        with snapshot() as session:
            mail = compose(session, mail_id)
        with transaction() as session:
            if mail is not None:
                posted += post_composed(session, mail)
            elif (row := session.get(ReportMail, mail_id)) is not None:
                end_report_mail(session, row)
    return posted
