"""Every solved price is true: a bar just beyond it makes the statement so, a bar just short of it does not."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crosscurrent.evaluate.promises import keeps_promise
from crosscurrent.setups.triggers import Eve, triggers
from crosscurrent.setups.triggers.patterns import forming_patterns
from crosscurrent.setups.triggers.trigger import with_tolerance
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.flags import Flags
from crosscurrent.structure.look import look_at
from strategies import bars_of, random_bars

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import solved_triggers

CASES = 12
SURE = {"trendline_break", "level_break", "failed_break", "macd_signal_cross", "macd_zero_cross", "rsi_midline", "rsi_overbought",
        "rsi_oversold", "average_loss", "average_recovery", "bollinger_break", "sar_flip", "week_best", "week_worst", "correlation_sign"}  # fmt: skip


def eve_of(seed, n=260):
    bars, other = random_bars(seed, n), random_bars(10_000 + seed, n, market="OTHER")
    return Eve(look_at(bars, bars, DETECTORS), look_at(other, other, DETECTORS[:1]))


@pytest.fixture(scope="module")
def solved():
    return [(eve, trigger) for seed in range(CASES) for eve in [eve_of(seed)] for trigger in triggers(eve)]


def test_every_price_keeps_its_promise(solved):
    broken = [(trigger.kind, trigger.price) for eve, trigger in solved if not keeps_promise(eve, trigger)]
    assert broken == []


@pytest.mark.parametrize("trial", solved_triggers.trials(), ids=lambda trial: trial.kinds[0])
def test_every_kind_is_met_and_kept(trial):
    """What the benchmark does at full size, ten thousand cases a kind, on a handful of each."""
    done = solved_triggers.run(trial, 4, 0, 60)
    assert done.wrong.total() == 0
    assert not done.is_short(4), {kind: done.solved[kind] for kind in done.kinds}


def test_the_benchmark_fails_on_a_wrong_price_and_on_too_few_cases(monkeypatch, capsys):
    assert solved_triggers.main(2, 0, "macd_signal_cross") == 0
    monkeypatch.setattr(solved_triggers, "MOST_WALKS", 0)
    assert solved_triggers.main(2, 0, "macd_signal_cross") == 1
    assert "short" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(solved_triggers, "keeps_promise", lambda eve, trigger: False)
    assert solved_triggers.main(2, 0, "macd_signal_cross") == 1


def test_the_families_are_all_put_to_the_test(solved):
    met = Counter(trigger.kind for _, trigger in solved)
    assert set(met) >= SURE
    assert any(kind.endswith(("engulfing", "star", "soldiers", "crows")) for kind in met)


def test_a_price_moved_by_a_tenth_of_the_range_is_caught(solved):
    """The check must be able to fail: a wrong price is wrong on one side or the other."""
    crosses = [(e, t) for e, t in solved if t.kind in ("macd_signal_cross", "trendline_break", "average_loss")]
    assert crosses
    assert not any(keeps_promise(eve, replace(t, price=t.price + 0.1 * eve.unit)) for eve, t in crosses)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("edge", [90.0, 99.9, 100.0, 103.0])
def test_a_tolerance_counts_the_range_of_the_bar_that_breaks(edge, side):
    x = with_tolerance(edge, side, 0.1, 2.0, 100.0)
    assert side * (x - edge) == pytest.approx(0.1 * (13 * 2.0 + abs(x - 100.0)) / 14)


def test_nothing_is_solved_without_a_range():
    flat = bars_of(*[np.full(60, 50.0)] * 4)
    short = random_bars(1, 5)
    for bars in (flat, short):
        assert triggers(Eve(look_at(bars, bars, DETECTORS))) == ()


@pytest.mark.parametrize(("seed", "cut"), [(298, 770), (2834, 1938), (739, 361), (3223, 757)])
def test_of_two_patterns_parted_by_less_than_a_tick_the_one_that_will_be_told_is_named(seed, cut):
    """A flag and a pennant on the same bars, a ten-thousandth of an ATR apart: both form, a tick beyond them one is told."""
    bars = random_bars(seed, 4000).slice(cut - 140, cut)
    eve = Eve(look_at(bars, bars, (Flags(),)), None)
    assert len(eve.look.forming()) == 2
    (named,) = forming_patterns(eve)
    assert keeps_promise(eve, named)
