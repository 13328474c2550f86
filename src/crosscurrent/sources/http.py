"""Asking a provider: bounded in time, tries and size; what is not an answer becomes a typed fault.

A provider that is busy (429, 503 and their like) or that broke off is asked again a few times, after the wait that it names in
Retry-After, else after one that doubles. A page of HTML or nothing at all with status 200 is the commonest lie of providers: it is
refused here, before anybody reads figures into it.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx2
import numpy as np
import stamina

from crosscurrent.errors import MissingData, SourceFault

__all__ = ["Answer", "Client", "Transport", "by_httpx"]

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
LARGEST = 1 << 26
"""Bytes an answer may hold: no daily series comes near it."""

# The retries are told by our own errors; without a handler logging would print them between the user's lines.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider sent back: status, headers in lower case, the body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def moment(self) -> np.datetime64 | None:
        """When the provider says it answered, UTC; None when it does not say."""
        try:
            told = parsedate_to_datetime(self.headers["date"])
        except (KeyError, ValueError):
            return None
        return np.datetime64(int(told.timestamp()), "s")


Transport = Callable[[str, Mapping[str, str], float], Answer]
"""Takes an address, its parameters and a time-out in seconds; raises `ConnectionError` or `TimeoutError` when no answer comes."""


def by_httpx(url: str, params: Mapping[str, str], timeout: float, key: str = "") -> Answer:
    """Ask over HTTP: redirects followed, the body bounded by `LARGEST`; with a key by a form that is signed with it."""
    sent: dict[str, Any] = {"data": dict(params), "auth": (key, "")} if key else {"params": dict(params)}
    try:
        with (
            httpx2.Client(follow_redirects=True, timeout=timeout, verify=_trust()) as client,
            client.stream("POST" if key else "GET", url, **sent) as reply,
        ):
            body = bytearray()
            for piece in reply.iter_bytes():
                body += piece
                if len(body) > LARGEST:
                    raise ConnectionError(f"it sent more than {LARGEST >> 20} MB")
            return Answer(reply.status_code, {k.lower(): v for k, v in reply.headers.items()}, bytes(body))
    except httpx2.TimeoutException:
        raise TimeoutError(f"it did not answer within {timeout:g} s") from None
    except httpx2.HTTPError as fault:
        raise ConnectionError(f"the connection broke off ({fault or type(fault).__name__})") from None


@cache
def _trust() -> ssl.SSLContext:
    """Return whom to trust; reading the certificates costs more than most requests, so it is done once."""
    return httpx2.create_ssl_context()


class _Again(Exception):
    """A fault that may pass: its words, and the seconds the provider asks to wait, if it does."""

    def __init__(self, fault: str, wait: float | None = None) -> None:
        super().__init__(fault)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Client:
    """Asks one provider, and asks again where that may help.

    Parameters
    ----------
    provider
        Its name in errors.
    transport
        How a request travels; tests point it at a server of their own.
    attempts, timeout
        Tries in all, and seconds for each.
    wait, longest_wait
        Seconds before the second try, doubling; and the most that is waited, also when Retry-After asks for more (then it fails at
        once, and the error says how long the provider wants to be left alone).
    pace
        Called with each request before it is sent, each try anew; waits where the provider's limits ask for it.
    """

    provider: str
    transport: Transport = by_httpx
    attempts: int = 4
    timeout: float = 20.0
    wait: float = 1.0
    longest_wait: float = 60.0
    pace: Callable[[str], None] = lambda request: None

    def get(self, url: str, params: Mapping[str, str], what: str) -> Answer:
        """Return an answer that holds something; `what` is what was asked for, in words.

        `SourceFault` when none came, `MissingData` when the provider says there is no such thing.
        """
        tries = stamina.retry_context(
            on=self._pause,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.wait,
            wait_max=self.longest_wait,
            wait_jitter=0.0,
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._once(url, params, what)
        except _Again as fault:
            raise SourceFault(self.provider, what, f"{fault}, {self._asked(fault)}", "Try again later.") from None
        raise AssertionError  # pragma: no cover - stamina returns or raises

    def _pause(self, fault: Exception) -> bool | float:
        if not isinstance(fault, _Again):
            return False
        if fault.wait is None:
            return True
        return fault.wait if fault.wait <= self.longest_wait else False

    def _asked(self, fault: _Again) -> str:
        if fault.wait is not None and fault.wait > self.longest_wait:
            return f"and asks to be left alone for {fault.wait:.0f} s"
        return f"{self.attempts} times"

    def _once(self, url: str, params: Mapping[str, str], what: str) -> Answer:
        self.pace(" ".join((url, *map(str, params.values()))))
        try:
            answer = self.transport(url, params, self.timeout)
        except (ConnectionError, TimeoutError) as fault:
            raise _Again(str(fault)) from None
        if answer.status in BUSY:
            raise _Again(f"it answered {answer.status}", _retry_after(answer))
        if answer.status == 404:
            raise MissingData(what, self.provider, "Check the name.")
        if answer.status != 200:
            raise SourceFault(self.provider, what, f"it answered {answer.status}")
        self._refuse_what_is_no_data(answer, what)
        return answer

    def _refuse_what_is_no_data(self, answer: Answer, what: str) -> None:
        start = answer.body[:256].lstrip().lower()
        if not start:
            raise SourceFault(self.provider, what, "it answered 200 with nothing in it", "Try again later.")
        if start.startswith(b"<"):
            raise SourceFault(
                self.provider, what, "it answered 200 with a web page instead of data", "Try again later."
            )


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds that Retry-After asks for, given as seconds or as a date; None when it does not say, or not in earnest."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdigit():
        return float(told)
    try:
        until, now = parsedate_to_datetime(told), answer.moment
    except ValueError:
        return None
    return None if now is None else max(0.0, until.timestamp() - float(now.astype(np.int64)))
