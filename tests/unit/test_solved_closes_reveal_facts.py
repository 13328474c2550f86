"""A solved price keeps its promise to the detectors: the next close beyond it reveals the fact, the next close short of it does not."""

from __future__ import annotations

import numpy as np
import pytest

from crosscurrent.indicators import solve
from crosscurrent.indicators.averages import sma
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.indicators.volatility import bollinger
from crosscurrent.structure import Tape
from crosscurrent.structure.average_crosses import AverageCrosses
from crosscurrent.structure.average_tests import AverageTests
from crosscurrent.structure.bollinger import BollingerBands
from crosscurrent.structure.macd_crosses import MacdCrosses
from crosscurrent.structure.rsi_thresholds import RsiThresholds
from strategies import bars_of, random_bars

ONE_AVERAGE = AverageTests(lengths=(20,), ema_lengths=(), away=0.0)
PROMISES = {
    "macd_signal_cross": (MacdCrosses(), solve.macd_above_signal, lambda c: macd(c)[2]),
    "macd_zero_cross": (MacdCrosses(), solve.macd_above_zero, lambda c: macd(c)[0]),
    "rsi_overbought": (RsiThresholds(), lambda c: solve.rsi_above(c, 70), lambda c: rsi(c) - 70),
    "rsi_oversold": (RsiThresholds(), lambda c: solve.rsi_above(c, 30), lambda c: rsi(c) - 30),
    "golden_cross": (AverageCrosses(), solve.sma_above_sma, lambda c: sma(c, 50) - sma(c, 200)),
    "death_cross": (AverageCrosses(), solve.sma_above_sma, lambda c: sma(c, 50) - sma(c, 200)),
    "average_reclaim": (ONE_AVERAGE, lambda c: solve.close_above_sma(c, 20), lambda c: c - sma(c, 20)),
    "average_reject": (ONE_AVERAGE, lambda c: solve.close_above_sma(c, 20), lambda c: c - sma(c, 20)),
    "bollinger_break": (BollingerBands(), solve.close_above_upper_band, lambda c: c - bollinger(c)[0]),
}
"""A kind, its detector, the price that reveals it, and the curve whose sign it changes."""
ONE_WAY = {"golden_cross": 1, "death_cross": -1, "average_reclaim": 1, "average_reject": -1, "bollinger_break": 1}


def with_close(bars, close):
    """Return the bars and one more that opens at the last close and has no shadows."""
    last = bars.close[-1]
    return bars_of(
        np.append(bars.open, last), np.append(bars.high, max(last, close)), np.append(bars.low, min(last, close)),
        np.append(bars.close, close),
    )  # fmt: skip


def reveals(detector, kind, bars, close):
    after = with_close(bars, close)
    table = detector.sweep(Tape(after)).of_kind(kind)
    # A bar that only traded through its average is told under the same name; a close on the other side has a run behind it.
    crossed = table.reading("sessions_since") > 0 if kind.startswith("average") else np.ones(len(table), bool)
    return bool(((table.at == len(bars)) & crossed).any())


@pytest.mark.parametrize("kind", PROMISES)
def test_the_next_close_reveals_what_the_price_promised(kind):
    detector, price_of, curve = PROMISES[kind]
    cases = 0
    for seed in range(60):
        bars = random_bars(seed, 260)
        price, side = price_of(bars.close), np.sign(curve(bars.close)[-1])
        if side == ONE_WAY.get(kind):
            continue
        hair = 1e-6 * bars.close[-1]
        assert reveals(detector, kind, bars, price - side * hair), seed
        assert not reveals(detector, kind, bars, price + side * hair), seed
        cases += 1
    assert cases >= 20
