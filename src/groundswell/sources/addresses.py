"""Which addresses a program may be sent to by somebody else's words: public ones, and no others.

`ipaddress.is_global` says yes to several forms of 127.0.0.1 (64:ff9b::7f00:1, 2002:7f00:1::, ::127.0.0.1) and to 192.0.0.8, so the
list is our own, from the IANA registries of special-purpose addresses (RFC 6890 and its updates). Of IPv6 only what is handed out
to the public (2000::/3) passes, without the ranges in it that carry an IPv4 address or belong to nobody.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from groundswell.errors import UnsafeAddressError

Resolve = Callable[[str, int], Sequence[str]]
"""A name and a port -> the addresses it has now."""

NOT_PUBLIC_4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
PUBLIC_6 = ip_network("2000::/3")
NOT_PUBLIC_6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Within 2000::/3: Teredo, ORCHID and benchmarks; documentation, twice; 6to4, which carries an IPv4 address."""


def is_public(address: str) -> bool:
    """Whether an address, as the system resolved it, belongs to the public network."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in net for net in NOT_PUBLIC_4)
    return found in PUBLIC_6 and not any(found in net for net in NOT_PUBLIC_6)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine, in its plain forms."""
    found: IPv4Address | IPv6Address = ip_address(address)
    return found.is_loopback


def resolved(host: str, port: int) -> Sequence[str]:
    """Ask the system what addresses a name has."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, addresses: Sequence[str], *, loopback: bool = False) -> list[str]:
    """Return the addresses when all of them may be asked; one that is not public spoils them, for it is no accident.

    `loopback` lets this machine pass as well: for tests, which say so in code.
    """
    wrong = [one for one in addresses if not (is_public(one) or (loopback and is_loopback(one)))]
    if wrong or not addresses:
        raise UnsafeAddressError(
            f"{host} leads to {', '.join(wrong) or 'no address'}, which is not on the public network.",
            means="Nothing was asked of it.",
            next_step="If you run this server yourself, bring its data in as a file.",
        )
    return list(addresses)
