"""Records of arguments: counted from what a look holds, beside chance, and silent where there is too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crosscurrent.evaluate.cases import market_of
from crosscurrent.evaluate.outcomes import first_touch
from crosscurrent.evaluate.records import PATIENCE, records_of
from crosscurrent.evidence import NONE_YET, weigh
from crosscurrent.evidence.record import Record
from crosscurrent.note.arguments import record_clause
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import bars_of, path_bars, random_bars


def look(bars, name="TOY"):
    bars = replace(bars, market=name)
    return look_at(bars, bars, DETECTORS)


@pytest.fixture(scope="module")
def looks():
    return {name: look(random_bars(seed, 1500), name) for seed, name in enumerate("ABC")}


def test_a_record_counts_the_cases_whose_outcome_is_known(looks):
    """By hand: the breaks upwards that are older than the outcome's patience, and how many went an ATR on first."""
    market = market_of(looks["A"], {"level_break"})
    cases = market.cases["level_break"]
    at = cases.at[(cases.side > 0) & (cases.at < len(market.bars) - PATIENCE)]
    came = first_touch(market.bars, market.atr, 1.0, 1.0, PATIENCE).long[at]
    record = records_of(looks)("A", "level_break", "bullish")
    assert record.scope == "market"
    assert record.n == len(at)
    assert record.rate == pytest.approx(came.mean())
    assert record.low < record.rate < record.high
    assert record.edge == record.rate - record.null


def test_a_record_leaves_out_what_reaches_over_an_unknown_gap(looks):
    """A contract begins every hundred bars, no gap is bridged: of a hundred bars the last twenty have no outcome."""
    bars = replace(random_bars(0, 1500), market="A", rolled=np.arange(1500) % 100 == 99)
    torn = look_at(bars, bars, DETECTORS)
    at = market_of(torn, {"level_break"}).cases["level_break"].at
    side = market_of(torn, {"level_break"}).cases["level_break"].side
    kept = (at % 100 < 100 - PATIENCE - 1) | (at % 100 == 99)
    expected = int(np.sum((side > 0) & (at < len(bars) - PATIENCE) & kept))
    record = records_of({"A": torn})("A", "level_break", "bullish")
    assert record.n == expected < records_of({"A": looks["A"]})("A", "level_break", "bullish").n


def test_few_cases_are_taken_with_those_of_the_other_markets(looks):
    alone, together = (records_of(some)("A", "hammer", "bullish") for some in ({"A": looks["A"]}, looks))
    assert not alone.is_enough
    assert together.scope == "desk" and together.n > alone.n


def test_what_has_not_happened_has_no_record(looks):
    assert records_of(looks)("A", "no_such_kind", "bullish") is None
    assert records_of(looks)("Z", "level_break", "bullish") is None


def test_a_market_of_closes_alone_has_no_record_and_lends_none(looks):
    bars = random_bars(9, 700)
    closes = look(bars_of(bars.close, bars.close, bars.close, bars.close, is_close_only=True), "D")
    records = records_of(looks | {"D": closes})
    assert records("D", "macd_signal_cross", "bullish") is None
    assert records("A", "level_break", "bullish") == records_of(looks)("A", "level_break", "bullish")


def test_a_series_too_short_to_judge_has_no_record():
    assert records_of({"A": look(path_bars(np.arange(15) + 100.0), "A")})("A", "level_break", "bullish") is None


def test_on_random_walks_records_show_no_edge(looks):
    """Of some hundred records one in twenty misses the chance by luck; a rate that ignored the null's side would miss far more."""
    records = records_of(looks)
    kinds = {kind for one in looks.values() for kind in market_of(one).cases}
    found = [r for kind in kinds for side in ("bullish", "bearish") if (r := records("A", kind, side)) and r.is_enough]
    missed = [r for r in found if not r.low <= r.null <= r.high]
    assert len(found) > 60
    assert len(missed) <= 0.15 * len(found)


def test_evidence_holds_its_record(looks):
    records = records_of(looks)
    found = [e for one in looks.values() for e in weigh(one, records)]
    assert any(e.record for e in found)
    assert all(e.record == records(e.market, e.kind, e.direction) for e in found if e.is_counted)
    assert all(e.record is None for e in found if not e.is_counted)
    assert all(e.record is None for one in looks.values() for e in weigh(one))


def test_a_near_miss_and_a_pattern_that_failed_are_not_counted(looks):
    known = replace(NONE_YET, records=lambda *_: Record(50, 40, 0.5, 0.4, 0.6, 0.5, "market"))
    facts = [f for one in looks.values() for f in one.facts()]
    near = next(f for f in facts if f.strictness == "near_miss")
    whole = next(f for f in facts if f.strictness == "futures" and f.direction != "neutral")
    assert known.record_of(near) is None
    assert known.record_of(whole) is not None


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, " (no record yet)"),
        (Record(12, 9, 0.6, 0.3, 0.8, 0.5, "desk"), " (too few before it to tell)"),
        (Record(120, 90, 0.56, 0.47, 0.65, 0.53, "market"), " (true in 56% of 120, by chance in 53%)"),
    ],
)
def test_a_record_stands_behind_its_argument(record, said):
    assert str(record_clause(record)) == said
