"""Who may ask the desk: hostile Host and Origin headers, no token, paths that lead out, and a port that is taken."""

from __future__ import annotations

import asyncio
import socket

import pytest

pytest.importorskip("fastapi")

from click.testing import CliRunner

from crosscurrent.cli import cli
from desks import HOST, OWN, guarded

HOSTS = (
    "", "evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:87650", "127.0.0.1:8765.evil.example", "localhost",
    "127.0.0.1:8765@evil.example", "evil.example@127.0.0.1:8765", "127.0.0.2:8765", "0.0.0.0:8765", "[::1]:8765", "2130706433:8765",
    "0x7f000001:8765", "0177.0.0.1:8765", "127.1:8765", "localhost.:8765", "localhost.evil.example:8765", "127.0.0.1:8765,evil.example",
    "127.0.0.1:8765 evil.example", "127.0.0.1.nip.io:8765",
)  # fmt: skip
ORIGINS = (
    "null", "http://evil.example", "https://127.0.0.1:8765", "http://127.0.0.1", "http://127.0.0.1:8766", "http://localhost:8765",
    "http://127.0.0.1:8765.evil.example", "http://evil.example/127.0.0.1:8765", "http://127.0.0.1:8765@evil.example", "file://", "",
    "http://127.0.0.1:8765/", "HTTP://127.0.0.1:8765 ", "http://[::1]:8765", "http://2130706433:8765", "chrome-extension://abc", "data:",
    "http://127.0.0.1:8765,http://evil.example", "*", "http://127.0.0.1:8765 http://evil.example", "javascript:alert(1)", "blob:http://127.0.0.1:8765",
)  # fmt: skip
STEPS = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "..;/", "%252e%252e%252f", "..%c0%af")
ENDS = ("etc/passwd", "app.py", "guards.py", "../../pyproject.toml", "note.html%00.js")
PATHS = [f"{step * 6}{end}" for step in STEPS for end in ENDS]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return guarded(tmp_path_factory.mktemp("guards"))


def answered(app, path, headers, method="GET", query=b""):
    """Ask with exactly these headers and this path, as no polite client would, and return the status and the body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query, "root_path": "", "server": ("127.0.0.1", 8765), "client": ("127.0.0.1", 1),
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers],
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:])


def own(**changed):
    return list((OWN | changed).items())


def test_the_desk_answers_its_own_page(app):
    assert answered(app, "/", own())[0] == 200


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(app, host):
    assert answered(app, "/", own(host=host))[0] == 421


def test_two_hosts_and_none_are_refused(app):
    assert answered(app, "/", [*own(), ("host", HOST)])[0] == 421
    assert answered(app, "/", [pair for pair in own() if pair[0] != "host"])[0] == 421


@pytest.mark.parametrize("origin", ORIGINS)
def test_another_origin_is_refused(app, origin):
    assert answered(app, "/", own(origin=origin))[0] == 403


def test_what_changes_something_needs_an_origin(app):
    bare = [pair for pair in own() if pair[0] != "origin"]
    assert answered(app, "/", bare)[0] == 200
    assert answered(app, "/api/audit", bare, "POST")[0] == 403


@pytest.mark.parametrize(
    "cookie", ["", "crosscurrent=", "crosscurrent=wrong", "other=a-token-for-tests-alone", "crosscurrent=\xff", "=;=;,"]
)
def test_no_token_no_desk(app, cookie):
    assert answered(app, "/api/desk", own(cookie=cookie))[0] == 401
    assert answered(app, "/", own(cookie=cookie), query=b"token=wrong")[0] == 401


def test_the_token_in_the_address_becomes_a_cookie(app):
    assert answered(app, "/", own(cookie=""), query=b"token=a-token-for-tests-alone")[0] == 303


@pytest.mark.parametrize("path", [f"/assets/{path}" for path in PATHS] + [f"/{path}" for path in PATHS])
def test_no_path_leads_out(app, path):
    status, body = answered(app, path, own())
    assert status == 404
    assert b"root:" not in body
    assert b"import" not in body


def test_a_port_that_is_taken_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = CliRunner().invoke(cli, ["serve", "--desk", "sample", "--data", "sample", "--port", port])
    assert result.exit_code != 0
    assert "is taken, perhaps by another desk" in str(result.exception)
