"""The filter's worth: nothing is found where there is nothing, what is planted is found, and the null is the same order elsewhere."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from jsonschema import ValidationError, validate

from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.cli import cli
from crosscurrent.errors import MissingData
from crosscurrent.evaluate.filter_worth import Trades, filter_worth, traded
from crosscurrent.evaluate.nulls import matched_trades
from crosscurrent.evaluate.nulls.matched_entries import volatility_rank
from crosscurrent.evaluate.nulls.matched_trades import matched_results
from crosscurrent.evaluate.outcomes import Costs
from crosscurrent.evaluate.replay import Past, closes, replay
from crosscurrent.publish.document import schema
from strategies import random_bars

WORDS = np.array(["aligned", "against", "neutral"])


def trades(seed: int, n: int = 600, *, planted: float = 0.0) -> Trades:
    """Return trades on some hundred dates, several a date and moved by a shock they share; `planted` is what the filter knows."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(0, 2500, n))
    shock = 0.5 * rng.standard_normal(2500)[day]
    filtered = WORDS[rng.integers(0, 3, 2500 // 5 + 1)[day // 5]]  # the filter says one thing for a week
    came = 1.2 * rng.standard_normal(n) + shock - planted * (filtered == "against")
    return Trades(
        np.where(rng.random(n) < 0.5, "breakout", "retest"), filtered, day.astype(np.int64), came, np.zeros(n), np.full(n, 1.69),
        np.zeros(n, bool),
    )  # fmt: skip


def row(found, plan: str = "all", rule: str = "not_against"):
    return next(r for r in found if (r.plan, r.rule) == (plan, rule))


def test_a_filter_that_knows_nothing_is_seldom_found_to_help():
    rows = [row(filter_worth(trades(seed))) for seed in range(120)]
    assert np.mean([r.p < 0.05 for r in rows]) <= 0.10
    covered = np.mean([r.low <= 0.0 <= r.high for r in rows])
    assert 0.91 <= covered <= 1.0
    assert np.mean([r.verdict in ("helps", "hurts") for r in rows]) <= 0.05


def test_a_filter_that_knows_something_is_found_and_its_worth_is_what_was_planted():
    rows = [row(filter_worth(trades(seed, 1200, planted=0.6))) for seed in range(30)]
    assert np.mean([r.verdict == "helps" for r in rows]) >= 0.8
    assert np.mean([r.worth for r in rows]) == pytest.approx(0.2, abs=0.03)  # a third of the trades cost 0.6 each
    assert all(r.losers_removed > r.by_chance for r in rows)


def test_a_filter_that_is_upside_down_hurts():
    assert row(filter_worth(trades(1, 2000, planted=-0.8))).verdict == "hurts"


def test_few_dates_claim_nothing_and_a_filter_without_a_word_removes_nothing():
    assert all(r.verdict == "cannot_be_said" and r.p is None for r in filter_worth(trades(2, 40, planted=3.0)))
    silent = trades(3)
    silent = Trades(silent.plan, np.full(len(silent), "neutral"), *(getattr(silent, n) for n in Trades.__slots__[2:]))
    kept = row(filter_worth(silent))
    assert (kept.removed, kept.p, kept.to_json()["worth"], kept.verdict) == (0, None, None, "cannot_be_said")
    assert row(filter_worth(silent), rule="aligned_only").to_json()["after"] is None


def test_a_worth_that_is_surely_small_does_not_help():
    verdicts = [row(filter_worth(trades(seed, 6000))).verdict for seed in range(10)]
    assert verdicts.count("does_not_help") >= 8


@pytest.fixture(scope="module")
def past() -> Past:
    bars = random_bars(11, 600)
    return Past.of(Snapshot(bars.session[-1], {"TOY": bars}), "TOY")


@pytest.fixture(scope="module")
def found(past) -> list:
    return [r for close in replay(past, closes(past.bars, past.bars.session[400], every="day")) for r in close]


def peers(past: Past, setups: list, draws: int = 3) -> np.ndarray:
    bars, atr = past.bars, past.whole.adjusted.atr
    where = volatility_rank(bars, atr), past.points(Costs()), np.ones(len(bars), bool)
    return matched_results(setups, bars, atr, *where, draws, np.random.default_rng(0))


def test_a_random_order_placed_at_the_setups_own_close_pays_what_the_setup_paid(past, found, monkeypatch):
    monkeypatch.setattr(
        matched_trades, "drawn_bars", lambda at, rank, eligible, draws, rng: np.repeat(at[:, None], draws, 1)
    )
    ended = [r for r in found if r.outcome.r is not None]
    assert len(ended) > 40
    own = peers(past, [r.setup for r in ended], 1)[:, 0]
    assert own == pytest.approx([r.outcome.r for r in ended], abs=1e-9)


def test_on_a_walk_the_setups_pay_what_random_orders_pay(past, found):
    (whole,) = [
        r
        for r in filter_worth(traded(past, found, Costs(), np.random.default_rng(1)))
        if (r.plan, r.rule) == ("all", "not_against")
    ]
    assert abs(whole.before.edge) < 3 * whole.before.error
    assert whole.before.n > 40


def test_one_trade_planned_at_two_closes_is_one(past, found):
    ended = [r for r in found if r.outcome.r is not None]
    once = {(r.setup.plan, r.setup.side, str(r.outcome.filled_on)) for r in ended}
    assert len(traded(past, found, Costs(), np.random.default_rng(1))) <= len(once) < len(ended)
    assert len(traded(past, [], Costs(), np.random.default_rng(1))) == 0
    assert filter_worth(traded(past, [], Costs(), np.random.default_rng(1))) == ()


def test_the_document_keeps_its_schema_and_a_filter_that_is_not_there_is_missing_data():
    asked = ["filter-worth", "IXIC", "--from", "2008-01-01", "--to", "2008-12-31"]
    done = CliRunner().invoke(cli, [*asked, "--filter", "UST10P", "--json"], catch_exceptions=False)
    document = json.loads(done.stdout)
    validate(document, json.loads(schema("filter-worth")))
    assert document["rows"][0]["plan"] == "all"
    with pytest.raises(ValidationError):
        validate(document | {"rows": [{"plan": "all"}]}, json.loads(schema("filter-worth")))
    said = CliRunner().invoke(cli, [*asked, "--filter", "UST10P"], catch_exceptions=False).stdout
    assert len(said.splitlines()) == len(document["rows"])
    assert isinstance(CliRunner().invoke(cli, [*asked, "--filter", "ZN"]).exception, MissingData)
