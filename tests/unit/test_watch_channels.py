"""Webhooks: signed, guarded, patient for a while; services: behind a list. Nothing is sent here: the connector records."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import RequestError
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.channels import Services, Untold, Webhook
from crosscurrent.watch.channels.webhook import signature
from crosscurrent.watch.guard import allowed, is_public

NOW = np.datetime64("2025-01-17T22:20:00", "s")
ALERT = Alert("desk", "NQ", "trendline_break", "2025-01-17", "NQ closed above the line.", "7")
PUBLIC = "93.184.216.34"


class Wire:
    """A connector that records and sends nothing, and a resolver that knows what it was told."""

    def __init__(self, status: int | Exception = 200, **names: str | list[str]) -> None:
        self.status, self.calls = status, []
        self.names = {"hooks.example.com": [PUBLIC]} | {k.replace("_", "."): v for k, v in names.items()}

    def resolve(self, host: str, port: int) -> list[str]:
        found = self.names.get(host)
        if found is None:
            if host.replace(".", "").isdigit() or ":" in host:
                return [host]
            raise OSError("no such name")
        return [found] if isinstance(found, str) else found

    def connect(self, to, headers, body, timeout) -> int:
        self.calls.append((to, headers, body, timeout))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status


def hook(wire: Wire, url: str = "https://hooks.example.com/a/b?c=d", **more) -> Webhook:
    return Webhook(url, b"secret", resolve=wire.resolve, connect=wire.connect, **more)


def test_an_alert_is_posted_signed_to_the_address_that_was_checked():
    wire = Wire()
    hook(wire).tell(ALERT, NOW)
    ((to, headers, body, timeout),) = wire.calls
    assert (to.host, to.address, to.port, to.target, timeout) == ("hooks.example.com", PUBLIC, 443, "/a/b?c=d", 10.0)
    assert json.loads(body) == ALERT.to_json()
    assert headers["Idempotency-Key"] == ALERT.id
    assert headers["X-Crosscurrent-Signature"] == f"sha256={signature(b'secret', '2025-01-17T22:20:00Z', body)}"
    assert headers["Host"] == "hooks.example.com"


def test_the_signature_is_the_published_hmac():
    # By: printf m.b | openssl dgst -sha256 -hmac key
    assert signature(b"key", "m", b"b") == "72c837520cfd4982263b460686df3ca60d752a0bebc66cdada43e6c83c42c1bf"
    assert signature(b"key", "m", b"b") != signature(b"key", "n", b"b") != signature(b"other", "n", b"b")


LOCAL = (
    "https://127.0.0.1/", "https://127.1.2.3/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://localhost/", "https://0.0.0.0/", "https://0/", "https://10.0.0.1/",
    "https://172.16.0.1/", "https://172.31.255.255/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://198.18.0.1/", "https://224.0.0.1/", "https://255.255.255.255/", "https://192.0.2.1/",
    "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:10.0.0.1]/", "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a00:1]/", "https://[64:ff9b:1::a00:1]/", "https://[2002:7f00:1::]/",
    "https://[2002:c0a8:101::1]/", "https://[2001:0:7f00:1::]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[fd12:3456::1]/",
    "https://[fec0::1]/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://inside.example.com/", "https://both.example.com/",
    "https://six.example.com/", "https://mapped.example.com/", "https://nowhere.example.com/", "http://hooks.example.com/",
    "https://user:pass@hooks.example.com/", "https://hooks.example.com:99999/", "https:///nothing", "file:///etc/passwd",
    "gopher://127.0.0.1/", "https://0x7f.0x0.0x0.0x1/", "https://1.2.3/", "https://127.0.0.1.:443/",
)  # fmt: skip


@pytest.mark.parametrize("url", LOCAL)
def test_what_leads_to_this_machine_or_its_network_is_never_called(url):
    wire = Wire(localhost="127.0.0.1", inside_example_com="10.1.2.3", both_example_com=[PUBLIC, "192.168.0.9"],
                six_example_com="fd00::5", mapped_example_com="::ffff:192.168.0.1")  # fmt: skip
    with pytest.raises(RequestError, match="is not called"):
        hook(wire, url).tell(ALERT, NOW)
    assert wire.calls == []


def test_a_name_that_turns_local_between_two_calls_is_refused_at_the_second_and_never_resolved_twice_in_one():
    wire = Wire()
    asked = []

    def turning(host: str, port: int) -> list[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    one = replace(hook(wire), resolve=turning)
    one.tell(ALERT, NOW)
    assert (len(asked), wire.calls[0][0].address) == (1, PUBLIC)
    with pytest.raises(RequestError):
        one.tell(ALERT, NOW)
    assert len(wire.calls) == 1


@pytest.mark.parametrize(
    "status", [301, 302, 307, 308, 400, 404, 429, 500, TimeoutError("no answer within 10 s"), OSError("reset")]
)
def test_a_redirect_an_error_and_a_hook_that_hangs_leave_the_alert_untold(status):
    wire = Wire(status)
    with pytest.raises(Untold):
        hook(wire).tell(ALERT, NOW)
    assert len(wire.calls) == 1


def test_public_addresses_are_called():
    for address in (PUBLIC, "8.8.8.8", "2606:4700::1111", "172.32.0.1", "192.169.0.1"):
        assert is_public(address)
    assert allowed("https://hooks.example.com:8443", lambda h, p: [PUBLIC]).target == "/"


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_the_same_inside_an_ipv6_one(number):
    plain = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert is_public(f"::ffff:{plain}") == is_public(plain)
    assert not is_public(f"64:ff9b::{number >> 16:x}:{number & 65535:x}")


def test_services_stand_behind_a_list():
    sent = []

    def send(url: str, title: str, text: str) -> bool:
        sent.append((url, title, text))
        return len(sent) > 1

    mail = Services("mailtos://user:word@example.com", send)
    assert "word" not in mail.name
    with pytest.raises(Untold):
        mail.tell(ALERT, NOW)
    mail.tell(ALERT, NOW)
    assert sent[1] == (mail.url, "NQ: trendline break", ALERT.text)
    for url in (
        "json://127.0.0.1",
        "xml://x",
        "form://x",
        "slack://a/b/c",
        "exec://rm",
        "",
        "mailto",
        "file:///x",
        "syslog://",
    ):
        with pytest.raises(RequestError):
            Services(url, send)


def test_an_alert_is_known_by_what_it_is_about_not_by_its_words():
    assert replace(ALERT, text="Other words.").id == ALERT.id
    for change in ({"market": "ES"}, {"kind": "x"}, {"session": "2025-01-16"}, {"subject": "8"}, {"desk": "other"}):
        assert replace(ALERT, **change).id != ALERT.id
    assert Alert.from_json(ALERT.to_json()) == ALERT
