"""Replay: a past close is asked what it would have been asked then, and gives the same answer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import ValidationError, validate

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.cli import cli
from crosscurrent.cli.replaying import ahead_in
from crosscurrent.evaluate.ledger import Ledger
from crosscurrent.evaluate.ledger.recording import publish
from crosscurrent.evaluate.ledger.scoring import last_note
from crosscurrent.evaluate.outcomes import Costs
from crosscurrent.evaluate.past_notes import PastNotes
from crosscurrent.evaluate.replay import Past, closes, replay
from crosscurrent.publish.document import schema
from crosscurrent.sources import open_source
from crosscurrent.sources.taking import take
from crosscurrent.structure.look import Look
from strategies import SHARED, bars_of, needs_shared, random_bars

SAMPLE_DAYS = ("2004-10-08", "2006-05-19", "2008-11-21", "2015-08-21")


def printed(*command: str) -> list[dict]:
    done = CliRunner().invoke(cli, [*command, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def then_and_now(past: Past, market: str, day: str, *more: str) -> tuple[list[dict], list[dict]]:
    """Return the setups that a replay finds at a close, and those that `setups --as-of` prints; sizes need an account."""
    now = [json.loads(json.dumps(setup.to_json())) for setup in past.planned(np.datetime64(day)).setups]
    return unrecorded(now), unrecorded(printed("setups", market, "--as-of", day, *more))


def unrecorded(setups: list[dict]) -> list[dict]:
    """Return setups without the records of their arguments, which a replay does not make anew for every close."""
    for setup in setups:
        for evidence in (*setup["for"], *setup["against"]):
            evidence["record"] = None
    return setups


@pytest.fixture(scope="module")
def sample() -> Past:
    source = open_source("sample")
    return Past.of(take(source, source.markets()).snapshot, "IXIC", "UST10P")


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_a_replayed_setup_is_the_one_that_was_printed(sample, day):
    replayed, then = then_and_now(sample, "IXIC", day, "--filter", "UST10P")
    assert replayed == then
    assert then


@needs_shared
@pytest.mark.parametrize("market", ["NQ", "RTY", "ES", "ZN"])
def test_a_replayed_setup_of_a_future_is_the_one_that_was_printed_on_either_side_of_rolls(market):
    source = open_source(str(SHARED))
    past = Past.of(take(source, (market, "ZN")).snapshot, market, "ZN", ahead_in(source))
    rolls = past.bars.session[past.bars.rolled]
    days = {str(d) for d in (rolls[-9], rolls[-9] - np.timedelta64(1, "D"), np.datetime64("2025-01-17"))}
    found = [then_and_now(past, market, day, "--data", str(SHARED)) for day in sorted(days)]
    assert all(replayed == then for replayed, then in found)
    assert sum(len(then) for _, then in found) > 0


def test_a_look_that_is_not_cut_is_caught(sample, monkeypatch):
    monkeypatch.setattr(Look, "until", lambda self, day: self)
    replayed, then = then_and_now(sample, "IXIC", SAMPLE_DAYS[2], "--filter", "UST10P")
    assert replayed != then


def test_what_came_later_changes_no_setup_and_no_end():
    bars = random_bars(3, 500)
    whole, cut = (Past.of(Snapshot(b.session[-1], {"TOY": b}), "TOY") for b in (bars, bars.first(460)))
    days = closes(bars, bars.session[340], bars.session[459])
    found, then = (list(replay(past, days)) for past in (whole, cut))
    assert [[r.setup for r in close] for close in found] == [[r.setup for r in close] for close in then]
    for now, before in zip((r for c in found for r in c), (r for c in then for r in c), strict=True):
        assert before.outcome in (now.outcome, before.outcome) and (not before.outcome.has_ended or now == before)
    assert sum(map(len, found)) > 10


def test_costs_lower_what_is_paid_and_nothing_else():
    bars = random_bars(4, 420)
    past = Past.of(Snapshot(bars.session[-1], {"TOY": bars}), "TOY")
    days = closes(bars, bars.session[300])
    usual, dear = ([r.outcome for c in replay(past, days, costs) for r in c] for costs in (None, Costs(2.0, 0.5)))
    paid = [(a.r, b.r) for a, b in zip(usual, dear, strict=True) if a.r is not None]
    assert paid
    assert all(b < a for a, b in paid)
    assert [a.status for a in usual] == [b.status for b in dear]


def test_closes_are_the_last_of_each_week_or_month():
    bars = bars_of(*[np.full(40, 10.0)] * 4, start="2024-01-01")  # a Monday; no holidays in a generic calendar
    assert [str(d) for d in closes(bars, until=np.datetime64("2024-01-20"))] == [
        "2024-01-05",
        "2024-01-12",
        "2024-01-19",
    ]
    assert [str(d) for d in closes(bars, every="month")] == ["2024-01-31"]
    assert len(closes(bars, every="day")) == 40
    thursday = bars.first(4)
    assert len(closes(thursday)) == 0  # its week is not over
    assert len(closes(bars.first(0))) == 0


def test_rows_keep_their_schema_and_the_sum_stands_below():
    asked = ("replay", "IXIC", "--from", "2008-10-01", "--to", "2008-12-01", "--filter", "UST10P")
    rows = printed(*asked)
    validate(rows, json.loads(schema("replay")))
    with pytest.raises(ValidationError):
        validate([row | {"outcome": None} for row in rows], json.loads(schema("replay")))
    done = CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert len(done.stdout.splitlines()) == len(rows) + 1
    assert f"{len(rows)} setups" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("--from", "1890-01-01", "--to", "1891-01-01"), 3), (("--from", "not a day"), 2), (("--every", "hour"), 2),
        (("--ticks", "-1"), 2), (("--json", "--notes", "somewhere"), 2),
    ],
)  # fmt: skip
def test_what_cannot_be_replayed_is_said(asked, code):
    from crosscurrent.errors import CrosscurrentError

    done = CliRunner().invoke(cli, ["replay", "IXIC", *asked])
    assert (done.exception.exit_code if isinstance(done.exception, CrosscurrentError) else done.exit_code) == code


def test_a_replayed_scorecard_is_that_of_the_ledger(sample, tmp_path):
    record, ledger = PastNotes({"IXIC": sample}), Ledger(tmp_path / "l.sqlite")
    for day in closes(sample.bars, np.datetime64("2008-10-01"), np.datetime64("2008-11-21")):
        seen, at = take(open_source("sample"), ("IXIC", "UST10P"), day).snapshot, sample.bars.index_of(day)
        kept = last_note(ledger.entries(), seen, "d") if ledger.path.exists() else None
        replayed = record.last(seen)
        assert (replayed is None) == (kept is None)
        if replayed is not None and kept is not None:
            assert (replayed.as_of, replayed.title, replayed.tally) == (kept.as_of, kept.title, kept.tally)
            assert [(s.id, o) for s, o in replayed.setups] == [(s.id, o) for s, o in kept.setups]
        document = {"desk": "d", "as_of": str(day), "title": {"text": f"Of {day}"}}
        publish(ledger, document, sample.planned(day).setups, {}, sample.bars.closed_at[at])
        record.add(day, f"Of {day}")
    assert record.last(seen).tally.ended > 2


def test_past_notes_are_written_once_and_each_opens_with_the_one_before(tmp_path):
    asked = ("replay", "--notes", str(tmp_path), "--from", "2008-11-10", "--to", "2008-11-21")
    for _ in range(2):
        done = CliRunner().invoke(cli, asked, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("note.json")}
    assert sorted(path.parent.name for path in times) == ["2008-11-14", "2008-11-21"]
    (tmp_path / "2008-11-21" / "note.json").unlink()
    CliRunner().invoke(cli, asked, catch_exceptions=False)
    assert (tmp_path / "2008-11-14" / "note.json").stat().st_mtime_ns == times[tmp_path / "2008-11-14" / "note.json"]
    first, second = (
        json.loads((tmp_path / day / "note.json").read_text("utf-8")) for day in ("2008-11-14", "2008-11-21")
    )
    assert second["sections"][0]["name"] == "scorecard"
    assert first["title"]["text"] in second["sections"][0]["paragraphs"][0][0]["text"]
