"""Whether a typed website names a company's own site, and in words for the applicant why it does not."""

from app.services.imports.shared_hosts import is_mailbox_provider, is_shared_mail_domain, is_shortener, network_of
from app.services.languages import gettext as _
from app.services.languages import mark, number
from app.services.plain_text import clean_line
from app.services.web_addresses import web_address
from scrapers.domains import DomainError, DomainProblem, normalize_domain

MAX_WEBSITE = 500
_OWN_SITE = mark("Give a website of your own: that is what we read.")
_WHY = {
    DomainProblem.IP_ADDRESS: mark("%(typed)s is an IP address; a domain such as example.com is needed."),
    DomainProblem.LOCAL_NETWORK: mark("%(typed)s is a name of a local network, not a public website."),
    DomainProblem.SHARED_SUFFIX: mark("%(typed)s is an ending that many companies share, not one company's domain."),
    DomainProblem.UNKNOWN_SUFFIX: mark("%(typed)s does not end in a known ending such as .com or .pl."),
    DomainProblem.NO_NAME: mark("%(typed)s is not a domain name."),
    DomainProblem.EMPTY: mark("%(typed)s is not a domain name."),
}


def checked_site(website: str) -> tuple[str, str]:
    """Return the registrable domain of a typed website and "", or "" and what is wrong with it for the applicant."""
    if len(website) > MAX_WEBSITE:
        return "", _("This address has more than %(most)s characters. Give your home page.", most=number(MAX_WEBSITE))
    if not website.strip():
        return "", _("Give the address of your website.")
    try:
        domain = normalize_domain(website)
    except DomainError as error:
        return "", _(_WHY[error.problem], typed=f"“{clean_line(website)[:80]}”")
    if problem := _whose_site(domain):
        return "", f"{problem} {_(_OWN_SITE)}"
    return (domain, "") if web_address(website) else ("", _("Give a whole web address, such as https://example.com."))


def _whose_site(domain: str) -> str:
    """Return what a domain is that is no company's own; "" for one that may be."""
    if network := network_of(domain):
        return _("%(domain)s is a profile page on %(network)s.", domain=domain, network=network)
    if is_shortener(domain):
        return _("%(domain)s is a link shortener.", domain=domain)
    if is_mailbox_provider(domain):
        return _("%(domain)s is a mailbox provider.", domain=domain)
    return _("%(domain)s is shared by many people.", domain=domain) if is_shared_mail_domain(domain) else ""
