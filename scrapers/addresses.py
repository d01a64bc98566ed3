"""Which IP addresses may be connected to: public unicast ones, and nothing that hides another address.

Sources: the IANA special-purpose registries for IPv4 and IPv6, RFC 6890 and its updates. `ipaddress.is_global`
alone is not enough: it lets site-local, IPv4-compatible and translated IPv6 addresses through.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_BLOCKED_V4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; also where some clouds keep their metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server answers on a public-looking address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_BLOCKED_V6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated (SIIT)
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local use
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",  # site-local, deprecated and still routed by some
        "ff00::/8",
    )
)
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


def is_public(address: Address) -> bool:
    """Return True for a public unicast address that embeds no other address.

    Every embedding of IPv4 in IPv6 (mapped, compatible, translated, 6to4, NAT64, Teredo, ISATAP) is refused
    whatever it embeds: no public site needs one, and each is a way round a list of IPv4 blocks.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return _is_public_v4(address)
    return _is_public_v6(address)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in block for block in _BLOCKED_V4)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    if address.scope_id is not None or address not in _GLOBAL_UNICAST_V6:
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP_MARKS:
        return False
    return not any(address in block for block in _BLOCKED_V6)
