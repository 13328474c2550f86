"""The week of 17 January 2025 as the shared data show it, through the commands: figures by independent arithmetic, stored here."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import validate

from crosscurrent.cli import cli
from crosscurrent.publish.document import schema
from strategies import SHARED, needs_shared

pytestmark = [needs_shared, pytest.mark.xdist_group("origin")]
DAY = "2025-01-17"


def said(*command: str) -> object:
    """Run a command on the shared data as of the day and return its JSON."""
    done = CliRunner().invoke(cli, [*command, "--data", str(SHARED), "--as-of", DAY, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def note():
    return said("note", "--desk", "rates-and-equities")


@pytest.fixture(scope="module")
def facts_of():
    kept = {}
    return lambda market: kept.setdefault(market, said("facts", market))


def test_the_note_keeps_its_schema(note):
    validate(note, json.loads(schema()))


def test_every_number_of_the_note_is_listed(note):
    ids = {r["id"] for r in note["readings"]}
    used = {i for s in note["sections"] for p in s["paragraphs"] for sentence in p for i in sentence["readings"]}
    assert used
    assert used <= ids


@pytest.mark.parametrize(
    ("market", "change"), [("DGS10", -16), ("DGS30", -12), ("DGS2", -13), ("FED_DEC25_IMPLIED", -12)]
)
def test_yields_fell_by_the_most_since_late_november(market, change):
    rows = said("rates")["changes"]
    (week,) = [r for r in rows if r["market"] == market and r["period"] == "1w"]
    assert round(week["change_bp"]) == change
    assert week["largest_since"] == "2024-11-29"
    assert (week["from"], week["to"]) == ("2025-01-10", DAY)


def test_the_note_tells_these_moves(note):
    text = " ".join(s["text"] for section in note["sections"] for p in section["paragraphs"] for s in p)
    for words in (
        "16 bp",
        "12 bp",
        "13 bp",
        "29 November 2024",
        "6 December 2024",
        "0.87",
        "0.94",
        "falling wedge",
        "200-day average",
    ):
        assert words in text, words


@pytest.mark.parametrize(("a", "level", "without", "change"), [("NQ", 0.870, 0.882, 0.68), ("RTY", 0.943, 0.963, 0.90)])
def test_correlations_with_the_t_note(a, level, without, change):
    found = said("correlate", a, "ZN", "--window", "10")
    assert found["level_correlation"]["value"] == pytest.approx(level, abs=0.0006)
    assert found["level_correlation"]["without_unequal"] == pytest.approx(without, abs=0.0006)
    assert found["change_correlation"]["value"] == pytest.approx(change, abs=0.006)
    assert found["unequal_sessions"] == ["2025-01-09"]
    assert found["sessions"] == 10
    assert 0 < found["chance"]["percentile"] < 1
    assert 0 < found["chance"]["within_a_year"] <= 1


def test_the_week_of_the_future_is_free_of_its_roll(note):
    """Unadjusted prices say 27 December, which is the roll; the note says so."""
    section = next(s for s in note["sections"] if s["name"] == "market-nq")
    text = " ".join(s["text"] for p in section["paragraphs"] for s in p)
    assert "best week since the one ending 6 December 2024" in text
    assert "27 December 2024" in text


def of(facts, kind, session, **wanted):
    return [
        f for f in facts
        if f["kind"] == kind and f["session"] == session and all(f[k] == v for k, v in wanted.items())
    ]  # fmt: skip


def test_the_t_note_breaks_its_downtrend(facts_of):
    broken = [
        f for d in ("2025-01-15", "2025-01-16") for f in of(facts_of("ZN"), "trendline_break", d, direction="bullish")
    ]
    assert any(
        f["anchors"][0]["session"] == "2024-12-06" and f["anchors"][1]["session"] == "2024-12-31" for f in broken
    )


def test_the_falling_wedge_is_confirmed_on_friday(facts_of):
    (wedge,) = of(facts_of("NQ"), "falling_wedge", DAY, stage="confirmed", basis="adjusted")
    assert wedge["known_at"] == "2025-01-17T22:00:00Z"
    assert 21_389 <= wedge["readings"]["trigger"] <= 21_594
    assert wedge["direction"] == "bullish"


def test_the_200_day_average_is_pierced_and_reclaimed(facts_of):
    for kind in ("average_pierce", "average_reclaim"):
        (fact,) = [f for f in of(facts_of("RTY"), kind, "2025-01-13", basis="traded") if f["readings"]["length"] == 200]
        assert fact["readings"]["average"] == pytest.approx(2179.1, abs=0.05)


def test_the_line_from_november_is_retested(facts_of):
    found = of(facts_of("RTY"), "trendline_retest", DAY, basis="traded")
    (line,) = [f for f in found if f["anchors"][0]["session"] == "2024-11-25"]
    assert line["readings"]["price"] == pytest.approx(2310.3, abs=0.05)
    assert not of(facts_of("RTY"), "trendline_retest", DAY, basis="adjusted")


def test_the_candles_are_loose_ones(facts_of):
    (star,) = of(facts_of("ZN"), "shooting_star", DAY)
    assert star["strictness"] == "near_miss"
    assert "lower shadow" in star["readings"]["rule"]
    (morning,) = of(facts_of("RTY"), "morning_star", "2025-01-14", basis="traded")
    assert morning["strictness"] == "futures"


def test_nothing_is_known_after_the_day(facts_of):
    for market in ("NQ", "ZN", "RTY"):
        facts = facts_of(market)
        moments = [f["known_at"] for f in facts]
        assert moments == sorted(moments)
        assert max(f["session"] for f in facts) <= DAY
        assert np.all([f["stage"] != "forming" for f in facts])
