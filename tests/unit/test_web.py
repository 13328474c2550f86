"""The desk's views: what the commands print, as of a date and nothing later; faults told by their kind; text that stays text."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest

pytest.importorskip("fastapi")

from click.testing import CliRunner

import crosscurrent as cc
from crosscurrent.cli import cli
from crosscurrent.evaluate.ledger import Ledger
from crosscurrent.evaluate.ledger.recording import publish
from crosscurrent.publish.document import document
from crosscurrent.sources.desks import read_desk
from crosscurrent.watch.alert import Alert
from crosscurrent.watch.outbox import Outbox
from crosscurrent.web.desk import FRESH, LiveDesk
from crosscurrent.web.stream import events
from desks import Growing, client, guarded

DAY = "2006-08-18"
NOW = np.datetime64("2026-01-05T12:00:00", "s")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("web")


@pytest.fixture(scope="module")
def desk(folder):
    return client(guarded(folder))


def asked(desk, path, **query):
    answer = desk.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def printed(*command):
    result = CliRunner().invoke(cli, [*command, "--data", "sample", "--as-of", DAY, "--json"], catch_exceptions=False)
    return json.loads(result.stdout)


def days(found):
    """Yield every date in a document."""
    if isinstance(found, dict):
        for value in found.values():
            yield from days(value)
    elif isinstance(found, list):
        for value in found:
            yield from days(value)
    elif isinstance(found, str) and found[:10].count("-") == 2 and found[:4].isdecimal():
        yield found[:10]


def test_facts_are_those_of_the_command(desk):
    found = asked(desk, "/api/markets/IXIC/facts", as_of=DAY, since="2006-08-14")
    told = printed("facts", "IXIC", "--since", "2006-08-14")
    forming = printed("facts", "IXIC", "--stage", "forming")
    assert found == [*told, *forming]
    assert len(told) > 10


def test_ladder_is_that_of_the_command(desk):
    told = printed("ladder", "IXIC")
    found = asked(desk, "/api/markets/IXIC/ladder", as_of=DAY)
    assert {name: found[name] for name in ("close", "session", "next_session", "atr")} == {
        name: told[name] for name in ("close", "session", "next_session", "atr")
    }
    assert [r["price"] for r in found["rungs"]] == [r["price"] for r in told["rungs"]]


@pytest.mark.parametrize("path", ["markets/IXIC/facts", "links", "rates", "setups", "markets/IXIC/chart"])
def test_nothing_later_than_the_date_is_in_a_view(desk, path):
    found = asked(desk, f"/api/{path}", as_of=DAY)
    drawn = found.get("explored") if isinstance(found, dict) else None
    if drawn:
        for interval in drawn["intervals"].values():
            interval.pop("ahead")  # room to the right, no data
        found.pop("svg")
    if path == "setups":
        for setup in found:
            setup.pop("expiry")
    dates = list(days(found))
    assert dates
    assert max(dates) <= DAY


def test_markets_are_as_of_the_date_and_tell_the_span(desk):
    past, latest = asked(desk, "/api/desk", as_of=DAY), asked(desk, "/api/desk")
    assert {m["session"] for m in past["markets"]} == {DAY}
    assert (past["as_of"], latest["as_of"], past["last"]) == (DAY, "2018-12-31", "2018-12-31")
    assert {m["stance"] for m in past["markets"] if m["is_charted"]} <= {"bullish", "bearish", "neutral"}


def test_the_note_is_exported_as_it_is_written(desk, tmp_path):
    cc.write(cc.note(desk="sample", data="sample", as_of=DAY), tmp_path)
    for name in ("note.md", "note.json"):
        answer = desk.get(f"/api/export/{name}", params={"as_of": DAY})
        assert answer.content == (tmp_path / name).read_bytes()
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/desk?as_of=2006-13-45", 422), ("/api/desk?as_of=tomorrow", 422), ("/api/desk?as_of=1900-01-01", 404),
        ("/api/markets/NOPE/ladder", 404), ("/api/markets/DGS10/chart", 404), ("/api/export/passwd", 404), ("/api/nothing", 404),
        ("/assets/nothing.js", 404),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_kind(desk, path, status):
    assert desk.get(path).status_code == status


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "/etc/passwd\n", "file:///etc/passwd", "../../etc/passwd", "CANARY", "CANARY\n"]
)
def test_a_claim_that_names_a_file_reads_none(desk, tmp_path, text):
    canary = tmp_path / "canary.yaml"
    canary.write_text("- {id: canary, kind: change, market: IXIC, says: {over: 1w, direction: up}}")
    answer = desk.post("/api/audit", json={"text": text.replace("CANARY", str(canary))})
    assert answer.status_code == 200
    assert "canary" not in [claim["id"] for claim in answer.json()["claims"]]
    assert "root:" not in answer.text


def test_an_audit_looks_at_nothing_after_its_date(desk):
    claim = "- {id: a, kind: change, market: IXIC, as_of: 2008-11-21, says: {over: 1w, direction: down}}"
    assert desk.post("/api/audit", json={"text": claim}).json()["claims"][0]["verdict"] == "holds"
    (held,) = desk.post("/api/audit", json={"text": claim, "as_of": DAY}).json()["claims"]
    assert held["verdict"] == "undecidable"
    assert held["code"] == "no_data"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "\n".join(f"b{k}: &b{k} [*a, *a]" for k in range(50)),
        "[" * 40_000, "{" * 40_000, "- " * 20_000, "a: " * 10_000, "\x00" * 100, "!!python/object/apply:os.system ['true']", "",
    ],
)  # fmt: skip
def test_a_hostile_document_gets_an_answer(desk, text):
    answer = desk.post("/api/audit", json={"text": text})
    assert answer.status_code == 200
    assert all(claim["verdict"] == "undecidable" for claim in answer.json()["claims"])


def test_what_is_too_long_is_refused(desk):
    assert desk.post("/api/audit", json={"text": "x" * 50_001}).status_code == 422
    assert desk.post("/api/audit", content=b"x" * 1_000_001).status_code == 413
    assert desk.post("/api/audit", content=iter([b"{}"])).status_code == 413


def test_the_record_is_that_of_the_date(folder, desk):
    note = cc.note(desk="sample", data="sample", as_of=DAY)
    publish(Ledger(folder / "ledger.sqlite"), document(note), (), {}, NOW)
    assert [n["as_of"] for n in asked(desk, "/api/record")["notes"]] == [DAY]
    assert asked(desk, "/api/record", as_of="2006-08-17")["notes"] == []


@pytest.fixture
def growing():
    source, moment = Growing(), [0.0]
    return source, moment, LiveDesk(read_desk("sample"), lambda: source, lambda: moment[0])


def test_the_latest_date_moves_when_a_bar_comes(growing):
    source, moment, live = growing
    assert live.overview(None)["as_of"] == "2006-08-17"
    source.day = np.datetime64("2006-08-18")
    assert live.at(None).as_of == np.datetime64("2006-08-17")
    moment[0] += FRESH + 1
    assert live.overview(None)["as_of"] == "2006-08-18"


def test_what_did_not_change_is_not_computed_again(growing):
    _, moment, live = growing
    before = live.at(None)
    moment[0] += FRESH + 1
    assert live.at(None) is before


def test_a_market_that_vanishes_is_named_and_the_others_go_on(growing):
    source, moment, live = growing
    source.gone.add("DGS30")
    moment[0] += FRESH + 1
    found = live.overview(None)
    assert "DGS30" not in [m["market"] for m in found["markets"]]
    assert "DGS30" in [gap["what"] for gap in found["gaps"]]
    assert len(found["markets"]) == 5


def alert(k):
    return Alert("sample", "IXIC", "level_break", DAY, f"Break number {k}.", str(k))


async def taken(outbox, last, most):
    stream, found = events(outbox, last, 0.001), []
    async for event in stream:
        found.append(event)
        if len(found) == most:
            break
    await stream.aclose()
    return found


def test_a_stream_goes_on_where_it_was_left(tmp_path):
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.keep("sample", np.datetime64(DAY), [alert(k) for k in range(5)], NOW)
    found = asyncio.run(taken(outbox, "2", 4))
    assert [e["id"] for e in found] == ["2", "3", "4", "5"]
    assert [e["event"] for e in found] == ["ready", "alert", "alert", "alert"]
    assert asyncio.run(taken(outbox, None, 1))[0]["id"] == "5"


@pytest.mark.parametrize("last", ["x", "-1", "1e9", "²", "9" * 40, "", "1;2"])
def test_a_place_that_is_no_number_starts_at_the_end(tmp_path, last):
    outbox = Outbox(tmp_path / "outbox.sqlite")
    outbox.keep("sample", np.datetime64(DAY), [alert(1)], NOW)
    assert asyncio.run(taken(outbox, last, 1))[0]["id"] == "1"


def test_alerts_are_those_up_to_the_date(folder, desk):
    late = Alert("sample", "IXIC", "level_break", "2018-12-31", "Later.", "late")
    Outbox(folder / "outbox.sqlite").keep("sample", np.datetime64(DAY), [alert(1), late], NOW)
    assert [a["text"] for a in asked(desk, "/api/alerts")] == ["Later.", "Break number 1."]
    assert [a["text"] for a in asked(desk, "/api/alerts", as_of=DAY)] == ["Break number 1."]
