"""The guards of the app: who may ask, from where, and what a page of it may do.

Bound to this machine, an app is still within reach of every page that a browser shows: by a name that resolves to 127.0.0.1
(DNS rebinding) or a form that posts there. So a request needs a Host from a list, a token that only this machine's user was shown, and
for whatever changes something an Origin that is the app itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "HEADERS", "Guards"]

COOKIE = "crosscurrent"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin", "cache-control": "no-store",
}  # fmt: skip
"""What every answer bears unless it says otherwise itself."""
SAFE = ("GET", "HEAD", "OPTIONS")
LARGEST = 1_000_000
"""Bytes that a request may send; more is not read."""


class Guards:
    """A layer around the app.

    Parameters
    ----------
    app
        What is guarded.
    token
        What the first address holds, and the cookie after it.
    hosts
        Host headers that are this app, port included, in lower case.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Iterable[str]) -> None:
        self.app, self.token, self.hosts = app, token, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or answer it here.

        421 for a Host that is not ours, 403 for another Origin, 401 without the token, 413 for too much.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, words = self._verdict(scope)
        if status:
            await _answer(send, status, words)
        elif "token=" in scope["query_string"].decode("latin-1") and scope["path"] == "/":
            await _welcome(send, self.token)
        else:
            await self.app(scope, receive, _with_headers(send))

    def _verdict(self, scope: Scope) -> tuple[int, str]:
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value.lower() for name, value in headers if name == "host"]
        if len(hosts) != 1 or hosts[0] not in self.hosts:
            return 421, "This is not the host you think it is."
        origins = [value for name, value in headers if name == "origin"]
        if any(origin not in {f"http://{hosts[0]}"} for origin in origins):
            return 403, "Another page may not ask."
        if scope["method"] not in SAFE and not origins:
            return 403, "What changes something is asked from the app's own page."
        if not self._has_token(scope, [value for name, value in headers if name == "cookie"]):
            return 401, "Open the address that crosscurrent serve has printed."
        if scope["method"] not in SAFE and not _is_small(
            [value for name, value in headers if name == "content-length"]
        ):
            return 413, "That is too long, or does not say how long it is."
        return 0, ""

    def _has_token(self, scope: Scope, cookies: list[str]) -> bool:
        if scope["path"] == "/" and _same(_asked(scope), self.token):
            return True
        held = [morsel.value for text in cookies for name, morsel in _cookies(text).items() if name == COOKIE]
        return any(_same(value, self.token) for value in held)


def _is_small(lengths: list[str]) -> bool:
    """Whether a body says its length and is short; one sent in pieces could go on for ever."""
    return len(lengths) == 1 and lengths[0].isdecimal() and int(lengths[0][:12]) <= LARGEST


def _cookies(text: str) -> SimpleCookie:
    jar = SimpleCookie()
    try:
        jar.load(text)
    except Exception:  # a cookie that cannot be read is none
        return SimpleCookie()
    return jar


def _asked(scope: Scope) -> str:
    parts = scope["query_string"].decode("latin-1").split("&")
    return next((part.removeprefix("token=") for part in parts if part.startswith("token=")), "")


def _same(a: str, b: str) -> bool:
    return hmac.compare_digest(a.encode("utf-8", "replace"), b.encode())


async def _welcome(send: Send, token: str) -> None:
    """Turn the token in the address into a cookie, so that it stands in no history and no screenshot."""
    cookie = f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/"
    headers = [(b"location", b"/"), (b"set-cookie", cookie.encode()), (b"content-length", b"0"), *_encoded()]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _answer(send: Send, status: int, words: str) -> None:
    body = words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *_encoded(),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _encoded() -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in HEADERS.items()]


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            more = [pair for pair in _encoded() if pair[0] not in there]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sent
