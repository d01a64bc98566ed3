"""The way out to the network: resolve once, check every address, connect to a checked one.

The connection is made to the very address that was checked, so a name that answers differently the second time
(DNS rebinding) gains nothing. One private address in the answer refuses the whole name.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Protocol

from scrapers.addresses import Address, is_public
from scrapers.problems import FetchFailed, FetchProblem, FetchRefused, in_words

_MAX_ADDRESSES_TRIED = 4


class Network(Protocol):
    """How names become addresses and addresses become sockets. Tests pass their own; production has one."""

    def resolve(self, host: str, port: int, *, timeout_s: float) -> Sequence[str]:
        """Return the addresses of a host as text; raise OSError when there are none."""

    def connect(self, address: str, port: int, *, timeout_s: float) -> socket.socket:
        """Return a connected TCP socket; raise OSError."""


class SystemNetwork:
    """The machine's resolver and TCP stack. Takes no proxy from the environment."""

    def resolve(self, host: str, port: int, *, timeout_s: float) -> Sequence[str]:
        """Resolve on a thread of its own, because `getaddrinfo` cannot be told to give up."""
        answer: list[str] = []
        failure: list[OSError] = []

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answer.extend(str(entry[4][0]) for entry in found)
            except (OSError, UnicodeError) as error:
                failure.append(error if isinstance(error, OSError) else OSError(str(error)))

        asker = threading.Thread(target=ask, daemon=True, name="resolve")
        asker.start()
        asker.join(timeout_s)
        if failure:
            raise failure[0]
        if asker.is_alive():
            raise TimeoutError(f"no answer about {host} within {timeout_s:g} s")
        return answer

    def connect(self, address: str, port: int, *, timeout_s: float) -> socket.socket:
        """Connect to a literal address and make sure that is where we ended up."""
        sock = socket.create_connection((address, port), timeout=timeout_s)
        peer = str(sock.getpeername()[0])
        if ipaddress.ip_address(peer.partition("%")[0]) != ipaddress.ip_address(address.partition("%")[0]):
            sock.close()
            raise OSError(f"asked for {address}, reached {peer}")
        return sock


def checked_addresses(network: Network, host: str, port: int, *, timeout_s: float) -> list[Address]:
    """Return every address of a host, all public, or raise `FetchRefused` / `FetchFailed`."""
    literal = _as_address(host)
    if literal is not None:
        found = [host]
    else:
        try:
            found = list(network.resolve(host, port, timeout_s=timeout_s))
        except OSError as error:
            raise FetchFailed(FetchProblem.DNS, f"the name {host} has no address: {in_words(error)}") from error
    if not found:
        raise FetchFailed(FetchProblem.DNS, f"the name {host} has no address")
    return [_public_or_refuse(host, text) for text in dict.fromkeys(found)]


def _public_or_refuse(host: str, text: str) -> Address:
    address = _as_address(text)
    if address is None or not is_public(address):
        what = "it is" if text == host else f"{host} points to"
        raise FetchRefused(FetchProblem.PRIVATE_ADDRESS, f"{what} {text}, not an address of the public internet")
    return address


def _as_address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def open_checked(network: Network, host: str, port: int, *, timeout_s: float) -> socket.socket:
    """Resolve, check and connect; the socket's peer is an address that passed the check. Seconds for each part."""
    addresses = checked_addresses(network, host, port, timeout_s=timeout_s)
    trouble: OSError | None = None
    for address in addresses[:_MAX_ADDRESSES_TRIED]:
        try:
            return network.connect(str(address), port, timeout_s=timeout_s / min(len(addresses), _MAX_ADDRESSES_TRIED))
        except OSError as error:
            trouble = error
    raise FetchFailed(
        FetchProblem.CONNECT,
        f"{host} does not accept connections on port {port}: {in_words(trouble) if trouble else 'it has no address'}",
    )
