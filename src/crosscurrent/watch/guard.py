"""The guard: which addresses a webhook may lead to. What it lets through is the public internet, never this machine or its network.

A name is resolved once; every address it has must be public; and the connection goes to the address that was checked, so that a
name which answers otherwise a moment later (rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crosscurrent.errors import RequestError

__all__ = ["Allowed", "Resolver", "allowed", "by_system", "is_public"]

Resolver = Callable[[str, int], Iterable[str]]
"""Takes a host and a port, returns its addresses as text; raises `OSError` when there are none."""
CARRIERS = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)
"""IPv6 networks that carry an IPv4 address inside (NAT64, 6to4, Teredo, IPv4-compatible) or are site-local: all refused."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A webhook that may be called: its host, the address that was checked, and the rest of its URL."""

    host: str
    address: str
    port: int
    target: str


def by_system(host: str, port: int) -> list[str]:
    """Resolve a host as the system does."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address lies on the public internet, an IPv4 address inside an IPv6 one included."""
    try:
        one = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        if one.ipv4_mapped is not None:
            one = one.ipv4_mapped
        elif any(one in network for network in CARRIERS):
            return False
    return one.is_global and not (one.is_multicast or one.is_reserved or one.is_unspecified)


def allowed(url: str, resolve: Resolver = by_system) -> Allowed:
    """Return where a webhook leads, or refuse it (`RequestError`): https alone, no credentials, a name or plain address that is public.

    Numbers that only some programs read as addresses (decimal, octal, hexadecimal, short forms) are refused as they stand.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or 443
    except ValueError:
        raise _refused(url, "its port is no number from 1 to 65535") from None
    if parts.scheme != "https":
        raise _refused(url, "only https is called")
    if parts.username is not None or parts.password is not None:
        raise _refused(url, "a name or password may not stand in it")
    if not host or _is_odd_number(host):
        raise _refused(url, "its host is neither a name nor an address as it is usually written")
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError):
        raise _refused(url, f"{host} has no address") from None
    bad = [address for address in addresses if not is_public(address)]
    if bad or not addresses:
        raise _refused(url, f"{host} leads to {bad[0] if bad else 'nowhere'}, which is not on the public internet")
    return Allowed(host, addresses[0], port, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")


def _is_odd_number(host: str) -> bool:
    """Whether a host is written as a number that is not a plain address: 2130706433, 0x7f.1, 0177.0.0.1, 127.1."""
    labels = host.rstrip(".").split(".")
    if ":" in host or not all(label and (label.isdigit() or label.lower().startswith("0x")) for label in labels):
        return False
    try:
        return str(ipaddress.IPv4Address(host)) != host
    except ValueError:
        return True


def _refused(url: str, why: str) -> RequestError:
    return RequestError(f"The webhook {url[:80]} is not called: {why}.", url=url)
