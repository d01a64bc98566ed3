"""Addresses of our own that go out in mail: told once at the start of a process, for services read no settings."""

from dataclasses import dataclass

_own: dict[str, "OwnAddresses"] = {}


class NotConfigured(Exception):
    """A link was asked for before configure() said where the product is reached."""


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """Where people reach the product: its web address, and the domain that takes replies ("" for none)."""

    public_url: str
    inbound_domain: str = ""


def configure(public_url: str, inbound_domain: str = "") -> None:
    """Write links to this address from now on; a second call replaces the first."""
    _own["default"] = OwnAddresses(public_url.rstrip("/"), inbound_domain.strip().lower())


def own_addresses() -> OwnAddresses:
    """Return where the product is reached. Raises NotConfigured before configure()."""
    try:
        return _own["default"]
    except KeyError:
        raise NotConfigured("call app.services.links.configure(public_url) first") from None


def unsubscribe_page(token: str) -> str:
    """Return the page on which the receiver of a mail can stop all mail."""
    return f"{own_addresses().public_url}/u/{token}"


def reply_address(enrollment_token: str) -> str:
    """Return the address that answers to an enrollment's mail come back to; "" where no domain takes them."""
    domain = own_addresses().inbound_domain
    return f"reply+{enrollment_token}@{domain}" if domain else ""
