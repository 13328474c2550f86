"""Nulls: what chance gives is chance, keeps what it must keep, and destroys what it must destroy."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from crosscurrent.evaluate.cases import Cases, market_of
from crosscurrent.evaluate.found_by_chance import found_by_chance
from crosscurrent.evaluate.nulls.bootstrapped_bars import block_order, bootstrapped
from crosscurrent.evaluate.nulls.matched_entries import expected, volatility_state
from crosscurrent.evaluate.nulls.rotated_calendar import rotations_of
from crosscurrent.evaluate.nulls.surrogate_series import surrogate
from crosscurrent.evaluate.outcomes import NO_COSTS, forward_return
from crosscurrent.evaluate.study import Design, Study
from crosscurrent.indicators.volatility import atr
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import random_bars


def unit(bars):
    return atr(bars.high, bars.low, bars.close)


def market(bars):
    return market_of(look_at(bars, bars, DETECTORS))


def test_blocks_run_on_until_they_must_end():
    order = block_order(2000, 10, np.random.default_rng(1))
    runs = np.diff(order) % 2000 == 1
    assert runs.mean() == pytest.approx(0.9, abs=0.03)
    ends = np.zeros(2000, bool)
    ends[::7] = True
    cut = block_order(2000, 10, np.random.default_rng(1), ends)
    assert np.mean(np.diff(cut)[ends[cut[:-1]]] == 1) < 0.02, "but for a block that begins there by chance"


@pytest.mark.parametrize("make", [bootstrapped, surrogate])
def test_made_bars_are_bars_in_the_turbulence_of_their_place(make):
    """Highs hold everything, and where the market was calm the made one is calm."""
    calm, wild = random_bars(1, 400, volatility=0.004), random_bars(2, 400, volatility=0.03)
    ratio = calm.close[-1] / wild.open[0]
    columns = {
        c: np.concatenate([getattr(calm, c), getattr(wild, c) * ratio]) for c in ("open", "high", "low", "close")
    }
    bars = replace(random_bars(3, 800), **columns)
    made = make(bars, unit(bars), np.random.default_rng(4))
    assert (made.high >= np.maximum(made.open, made.close) - 1e-9).all()
    assert (made.low <= np.minimum(made.open, made.close) + 1e-9).all()
    spread = (made.high - made.low) / made.close
    assert np.median(spread[450:]) > 4 * np.median(spread[30:400])
    assert not np.allclose(made.close[1:], bars.close[1:])


@pytest.mark.parametrize("make", [bootstrapped, surrogate])
def test_made_bars_drift_as_the_market_does(make):
    bars = random_bars(5, 1000)
    lift = np.exp(0.003 * np.arange(1000))
    risen = replace(bars, **{c: getattr(bars, c) * lift for c in ("open", "high", "low", "close")})
    ends = [np.log(make(risen, unit(risen), np.random.default_rng(s)).close[-1] / risen.close[0]) for s in range(20)]
    assert np.mean(ends) == pytest.approx(np.log(risen.close[-1] / risen.close[0]), abs=0.4)


def test_too_short_a_series_stays_as_it_is():
    bars = random_bars(1, 1)
    assert bootstrapped(bars, unit(bars), np.random.default_rng(1)) is bars


def test_what_a_candle_foretells_does_not_leak_into_its_null():
    """Bars on which every hammer is followed by a leap: found in the market, gone in the bars made of it."""
    bars = random_bars(21, 3000)
    cases = market(bars).cases["hammer"]
    lift = np.zeros(3000)
    for at in cases.at[:-1]:
        lift[at + 1] += 0.03
    scale = np.exp(np.cumsum(lift))
    leaping = replace(
        bars,
        open=bars.open * np.append(1.0, scale[:-1]),
        close=bars.close * scale,
        high=bars.high * scale,
        low=bars.low * np.append(1.0, scale[:-1]),
    )
    m = market(leaping)
    mine = m.cases["hammer"]
    came = mine.barriers.outcomes(m.bars, m.atr)
    chance = found_by_chance(m, slice(0, 3000), 10)[("hammer", "closes_beyond_first", 1)]
    assert np.nanmean(came) > chance.rate + 0.2


def test_rotations_give_the_variance_that_repetition_does():
    """Facts in clumps, on many walks: the spread of their sums is the one that the rotations of a single walk tell."""
    at = np.sort(np.concatenate([np.arange(k, k + 6) for k in range(100, 1800, 100)]))
    side, sums, told = np.ones(len(at), np.int64), [], []
    for seed in range(120):
        bars = random_bars(seed, 1900)
        each = forward_return(bars, unit(bars), 10, NO_COSTS.in_atr(bars, unit(bars)))
        known = np.isfinite(each.long)
        chance = expected(each, volatility_state(np.full(1900, 0.5)), known)
        turned = rotations_of(each, chance, known)
        sums.append(float((each.on(side, at) - chance.on(side, at)[0]).sum()))
        told.append(turned.sums(at, side).var())
        assert turned.sums(at, side)[0] == pytest.approx(sums[-1])
    assert np.mean(told) == pytest.approx(np.var(sums), rel=0.3)
    independent = len(at) * float(np.nanvar(each.long))
    assert np.mean(told) > 3 * independent


def test_an_outcome_nobody_knows_has_no_rotations():
    bars = random_bars(1, 5)
    each = forward_return(bars, unit(bars), 10, np.zeros(5))
    known = np.isfinite(each.long)
    assert rotations_of(each, expected(each, np.zeros(5, np.int64), known), known) is None


@lru_cache
def candles_of(seeds, drift=None):
    """Return all candles' rows over markets of random walks; with `drift`, the bars after each bullish engulfing rise."""
    study = Study(Design(series=5))
    for seed in seeds:
        bars = replace(random_bars(seed, 3000), market=f"walk {seed}")
        m = market(bars)
        if drift is not None:
            at = m.cases["bullish_engulfing"].at
            lift = np.zeros(3000)
            for k in range(1, 4):
                np.add.at(lift, np.minimum(at + k, 2999), drift)
            scale = np.exp(np.cumsum(lift))
            moved = replace(bars, **{c: getattr(bars, c) * scale for c in ("open", "high", "low", "close")})
            m = market(moved)
        kinds = {k: c for k, c in m.cases.items() if c.family == "candle"}
        study.add(replace(m, cases=kinds))
    return [row for row in study.rows() if row.market == "all" and row.outcome == "closes_beyond_first"]


def test_candles_on_random_walks_show_their_geometry_and_no_edge():
    """Rates far from a half on walks that foretell nothing; beside the made bars they vanish, within the error of both."""
    rows = [row for row in candles_of(range(100, 106)) if row.verdict.n >= 100]
    assert len(rows) >= 10
    assert max(abs(row.verdict.rate - 0.5) for row in rows) > 0.15
    z = np.array([row.verdict.edge / row.verdict.error for row in rows])
    assert np.abs(z).max() < 4.0
    assert np.mean(z**2) < 2.0
    assert np.average([r.verdict.edge for r in rows], weights=[r.verdict.n for r in rows]) == pytest.approx(
        0.0, abs=0.015
    )


def test_candles_that_foretell_show_an_edge():
    """The counter-example: bullish engulfings followed by a rise."""
    rows = {row.kind: row.verdict for row in candles_of(range(100, 106), drift=0.006)}
    assert rows["bullish_engulfing"].edge > 4 * rows["bullish_engulfing"].error


def test_geometric_rates_are_what_a_walk_gives_by_itself():
    """Which side of a range closes first from where the close stands: simulated apart from the detectors and their bars."""
    rows = {row.kind: row.verdict for row in candles_of(range(100, 106))}
    rng, bars, told = np.random.default_rng(9), random_bars(100, 3000), []
    m = market(bars)
    case = m.cases["hammer"].barriers
    steps = rng.standard_normal((2000, 20)) * 0.01
    for good, bad, at in zip(case.good, case.bad, case.at, strict=True):
        path = np.cumsum(steps, axis=1) * bars.close[at] / m.atr[at]
        up, down = (path > good), (path < -bad)
        first = [np.where(side.any(1), side.argmax(1), 99) for side in (up, down)]
        told.append(np.mean(first[0] < first[1]))
    v = rows["hammer"]
    assert v.null == pytest.approx(np.mean(told), abs=0.05)
    assert v.rate == pytest.approx(np.mean(told), abs=0.05 + 2 * (v.high - v.rate))


def test_cases_drawn_at_will_have_no_edge():
    """A kind made of drawn bars is no finding; the same kind with foresight is."""
    bars = random_bars(8, 2500)
    m = market(bars)
    rng = np.random.default_rng(1)
    at = np.sort(rng.choice(np.arange(100, 2400), 200, replace=False))
    blind = Cases("blind", at, np.where(rng.random(200) < 0.5, -1, 1))
    seer = Cases("seer", at, np.sign(bars.close[at + 10] - bars.open[at + 1]).astype(np.int64))
    study = Study()
    study.add(replace(m, cases={"blind": blind, "seer": seer}))
    found = {row.kind for row in study.findings()}
    assert found == {"seer"}
