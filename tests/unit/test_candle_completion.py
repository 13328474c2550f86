"""The closes that would complete a candle: appending a bar at such a close completes it, just outside does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from crosscurrent.facts.stage import FUTURES, STRICT, STRICTNESSES
from crosscurrent.structure.candles import CANDLES, Candles, completion
from crosscurrent.structure.candles.eve import Eve
from crosscurrent.structure.candles.shape import Shape
from crosscurrent.structure.tape import Tape
from strategies import TOY, bars_of, random_bars

by_name = {"argnames": "candle", "argvalues": CANDLES, "ids": lambda c: f"{c.kind}{c.direction:+d}"}


@cache
def walk():
    """Return a random walk and its candles."""
    bars = random_bars(3, 3000)
    return bars, Candles().sweep(Tape(bars))


def appended(bars, open_, close, high, low):
    """Return the bars with one more."""
    high = max(open_, close, -np.inf if high is None else high)
    low = min(open_, close, np.inf if low is None else low)
    columns = [
        np.append(getattr(bars, n), v)
        for n, v in zip(("open", "high", "low", "close"), (open_, high, low, close), strict=True)
    ]
    return bars_of(*columns, np.append(bars.volume, 1e5), instrument=TOY)


def completes(candle, bars, strictness) -> bool:
    """Whether the last bar completes the candle, at least so strictly, as the detector says."""
    table = Candles().sweep(Tape(bars)).of_kind(candle.kind)
    here = (table.at == len(bars) - 1) & (table.direction == candle.direction)
    allowed = (STRICT,) if strictness == "strict" else (STRICT, FUTURES)
    return bool(np.any(here & np.isin(table.strictness, allowed)))


def check(candle, bars, strictness="futures", open_=None, high=None, low=None) -> bool:
    """Assert both sides of both ends, and return whether there was an interval."""
    opened = bars.close[-1] if open_ is None else open_
    found = completion(candle, Tape(bars), open_, high=high, low=low, strictness=strictness)
    if found is None:
        atr = Tape(bars).atr[-1]
        for close in opened + atr * np.linspace(-2.5, 2.5, 7):
            assert not completes(candle, appended(bars, opened, close, high, low), strictness), close
        return False
    lo, hi = found
    tiny = 1e-7 * Tape(bars).atr[-1]
    for end, inward in ((lo, 1), (hi, -1)):
        if np.isinf(end):
            continue
        if hi - lo > 2 * tiny:
            assert completes(candle, appended(bars, opened, end + inward * tiny, high, low), strictness), (found, end)
        assert not completes(candle, appended(bars, opened, end - inward * tiny, high, low), strictness), (found, end)
    middle = 0.6 * max(lo, opened - 20) + 0.4 * min(hi, opened + 20)
    assert completes(candle, appended(bars, opened, middle, high, low), strictness), (found, middle)
    return True


@pytest.mark.parametrize(**by_name)
@pytest.mark.parametrize("strictness", ["strict", "futures"])
def test_completion_is_what_appending_a_bar_shows(candle, strictness):
    rng = np.random.default_rng(5)
    bars, table = walk()
    table = table.of_kind(candle.kind)
    wanted = (
        (table.direction == candle.direction) & (table.strictness <= STRICTNESSES.index(strictness)) & (table.at > 100)
    )
    at = table.at[wanted]
    assert len(at) or strictness == "strict" or candle.kind == "outside_day", "no example in the random walk"
    for t in rng.choice(at, min(len(at), 3), replace=False) if len(at) else ():
        now = bars.slice(t - 100, t)
        assert check(candle, now, strictness, bars.open[t], bars.high[t], bars.low[t])
    for t in rng.integers(100, 3000, 1):
        check(candle, bars.slice(t - 100, t), strictness)


def test_a_young_market_has_completions_too():
    """As soon as the ATR is there; what reads further back stays silent."""
    found = [
        check(c, random_bars(seed, n), high=150.0, low=50.0)
        for seed in range(3)
        for n in (15, 17, 21)
        for c in CANDLES[-7:]
    ]
    assert any(found)


def test_the_default_open_is_the_last_close():
    bars = random_bars(1, 200)
    candle = next(c for c in CANDLES if c.kind == "doji")
    lo, hi = completion(candle, Tape(bars), high=bars.close[-1] + 1.0)
    assert lo < bars.close[-1] < hi
    assert completion(candle, Tape(bars), bars.close[-1], high=bars.close[-1] + 1.0) == (lo, hi)


def test_nothing_completes_on_too_few_bars_or_bare_ones():
    candle = next(c for c in CANDLES if c.kind == "bullish_engulfing")
    bars = random_bars(1, 200)
    assert completion(candle, Tape(bars.first(0))) is None
    assert completion(candle, Tape(bars.first(10))) is None
    assert completion(candle, Tape(bars_of(*[np.full(60, 5.0)] * 4))) is None
    assert completion(candle, Tape(replace(bars, is_close_only=True))) is None


def test_the_eve_rules_out_no_candle_that_a_close_would_complete():
    candles = tuple(candle for candle in CANDLES if candle.bars == 3)
    eve, bars, completed, ruled_out = Eve.of(candles), walk()[0], 0, 0
    for n in range(200, 1000, 2):
        tape = Tape(bars.first(n))
        shape = Shape.of(bars.open[:n], bars.high[:n], bars.low[:n], bars.close[:n], tape.atr)
        found = {candle.kind for candle in candles if completion(candle, tape) is not None}
        possible = {candle.kind for candle in eve.possible(shape)}
        assert found <= possible, n
        completed, ruled_out = completed + len(found), ruled_out + len(candles) - len(possible)
    assert completed > 5
    assert ruled_out > 1500
