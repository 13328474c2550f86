"""A webhook: the alert as JSON, signed, to an address that the guard has let through."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx2
import numpy as np

from crosscurrent.watch.alert import Alert
from crosscurrent.watch.channels.channel import Untold
from crosscurrent.watch.guard import Allowed, Resolver, allowed, by_system

__all__ = ["Connector", "Webhook", "by_httpx", "signature"]

Connector = Callable[[Allowed, Mapping[str, str], bytes, float], int]
"""Sends a body to an address that was checked and returns the status; raises `OSError` or `TimeoutError` when that fails."""


def by_httpx(to: Allowed, headers: Mapping[str, str], body: bytes, timeout: float) -> int:
    """Post over HTTPS to the checked address, the certificate held against the host's name, redirects not followed."""
    address = f"[{to.address}]" if ":" in to.address else to.address
    url, extensions = f"https://{address}:{to.port}{to.target}", {"sni_hostname": to.host}
    try:
        with httpx2.Client(follow_redirects=False, timeout=timeout, trust_env=False) as client:
            request = client.build_request("POST", url, content=body, headers=dict(headers), extensions=extensions)
            return int(client.send(request).status_code)
    except httpx2.TimeoutException:
        raise TimeoutError(f"no answer within {timeout:g} s") from None
    except httpx2.HTTPError as fault:
        raise OSError(str(fault) or type(fault).__name__) from None


def signature(secret: bytes, moment: str, body: bytes) -> str:
    """Return what proves who sent a body and when: HMAC-SHA256 of the moment, a dot and the body, in hexadecimal."""
    return hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts each alert as JSON.

    A receiver checks `X-Crosscurrent-Signature` (`sha256=` and the HMAC of `X-Crosscurrent-Timestamp`, a dot and the body) and knows a
    repeated alert by `Idempotency-Key`. The guard is asked before every call, never once for all.

    Parameters
    ----------
    url, secret
        Where to, and what signs.
    timeout
        Seconds that a call may take: one that hangs is given up, and the alert tried again at the next look.
    resolve, connect
        How names become addresses, and how a call is made; tests record instead.
    """

    url: str
    secret: bytes
    timeout: float = 10.0
    resolve: Resolver = by_system
    connect: Connector = by_httpx
    is_loud: bool = True

    @property
    def name(self) -> str:
        """The webhook's own name in the outbox; its address may hold a key, so it is not written down."""
        return f"webhook-{hashlib.sha256(self.url.encode()).hexdigest()[:12]}"

    def tell(self, alert: Alert, now: np.datetime64) -> None:
        """Post the alert; `RequestError` for an address that is not public, `Untold` when no 2xx came."""
        to = allowed(self.url, self.resolve)
        moment, body = f"{now}Z", json.dumps(alert.to_json(), ensure_ascii=False, sort_keys=True).encode()
        headers = {
            "Host": to.host if to.port == 443 else f"{to.host}:{to.port}", "Content-Type": "application/json",
            "Idempotency-Key": alert.id, "X-Crosscurrent-Timestamp": moment,
            "X-Crosscurrent-Signature": f"sha256={signature(self.secret, moment, body)}",
        }  # fmt: skip
        try:
            status = self.connect(to, headers, body, self.timeout)
        except OSError as fault:
            raise Untold(f"{to.host}: {fault}") from None
        if not 200 <= status < 300:
            raise Untold(f"{to.host} answered {status}")
