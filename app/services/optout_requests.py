"""Requests on the public page to keep the crawler away, proved by a link mailed to an address at the site's domain.

The answer to a request never tells whether the domain is known here, recruited, or kept away already.
"""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Company, Crawl, CrawlState, OptOutRequest, OptOutState
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.imports.shared_hosts import is_shared_mail_domain, why_no_company_site
from app.services.notices import post_notice
from app.services.optouts import OUTCOME, opt_out_site
from app.services.tokens import hash_of, new_token
from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email

LIFE = timedelta(days=3)
# However often somebody presses the button, no domain's mailboxes get more than this.
MAILS_PER_DOMAIN = 3
_WINDOW = timedelta(days=1)
_TEXT = """Hello,

somebody, hopefully you, asked our crawler to stay away from {domain}. To confirm it, open this page and press the
button:
{link}

Then we stop reading {domain} and delete what we read of it: the text and everything computed from it. The link is good
for three days. If it was not you, ignore this mail: nothing changes.
"""
_GONE = "This link is not complete, or is more than three days old. Ask for a new one on the page about our crawler."


def request_opt_out(session: Session, *, domain: str, email: str, link_url: str) -> None:
    """Mail a confirmation link to an address at the domain. `link_url` is what the token is put behind.

    Raises InvalidInput for what is no domain, no address, or an address elsewhere.
    """
    site, address = _checked(domain, email)
    asked = select(func.count()).where(OptOutRequest.domain == site, OptOutRequest.created_at > now() - _WINDOW)
    if (session.scalar(asked) or 0) >= MAILS_PER_DOMAIN:
        dispatch_after_commit(session, Job.SEND_NOTICES)  # both answers cost the same
        return
    token = new_token()
    session.add(OptOutRequest(domain=site, email=address, token_hash=hash_of(token), expires_at=now() + LIFE))
    post_notice(
        session,
        kind="opt_out",
        to_address=address,
        subject=f"Please confirm: our crawler is to stay away from {site}",
        text=_TEXT.format(domain=site, link=link_url + token),
    )


def _checked(domain: str, email: str) -> tuple[str, str]:
    problems = {}
    site, address, mail_domain = "", "", ""
    try:
        site = normalize_domain(domain)
    except DomainError as error:
        problems["domain"] = _("%(error)s. Give the site's domain, such as example.com.", error=error)
    try:
        address = normalize_email(email)
        mail_domain = normalize_domain(address)
    except (EmailError, DomainError) as error:
        problems["email"] = f"{error}."
    if site and (is_shared_mail_domain(site) or why_no_company_site(site)):
        problems["domain"] = _("%(site)s is shared by many people. Give the domain of a site of your own.", site=site)
    if not problems and site != mail_domain:
        problems["email"] = _(
            "We need an address at %(site)s, so that nobody can do this to somebody else's site.", site=site
        )
    if problems:
        raise InvalidInput(problems)
    return site, address


def pending_opt_out(session: Session, token: str) -> OptOutRequest:
    """Return the request a link stands for, confirmed already or not. Raises NotFound where it is too old."""
    found = session.scalar(select(OptOutRequest).where(OptOutRequest.token_hash == hash_of(token[:100])))
    if found is None or (found.state is OptOutState.WAITING and found.expires_at < now()):
        raise NotFound(_GONE)
    return found


def confirm_opt_out(session: Session, token: str) -> OptOutRequest:
    """Carry a request out: what was read is deleted and the crawler stays away. A second time changes nothing."""
    found = pending_opt_out(session, token)
    if found.state is OptOutState.WAITING:
        found.state = OptOutState.CONFIRMED
        found.confirmed_at = now()
        opt_out_site(session, found.domain, actor_id=None)
    return found


def revoke_opt_out(session: Session, company_id: int, *, reason: str, actor_id: int) -> Company:
    """Let the crawler read a site again, because its owner asked for that; the reason is kept in the audit log.

    Raises NotFound, InvalidInput without a reason, Conflict where the site is not kept away.
    """
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound(_("There is no such site."))
    if company.opted_out_at is None:
        raise Conflict(
            _("%(domain)s is not kept away from; somebody was faster. Reload the page.", domain=company.domain)
        )
    if not reason.strip():
        raise InvalidInput({"reason": _("Say who asked for it and when: it was the owner's wish to be left alone.")})
    company.opted_out_at = None
    company.crawl_outcome = ""
    # Nothing of what was read before is here any more, so its pages offer a first reading again.
    left = {"state": CrawlState.CANCELED, "outcome": "canceled", "detail": "What was read is deleted."}
    session.execute(update(Crawl).where(Crawl.company_id == company.id, Crawl.outcome == OUTCOME).values(left))
    details = {"domain": company.domain, "reason": reason.strip()[:500]}
    record_audit(session, "site.opt_out_revoked", subject=f"company:{company.id}", actor_id=actor_id, details=details)
    return company
