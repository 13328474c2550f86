"""What momentum says: RSI's own lines and extremes, MACD, divergence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crosscurrent.evidence.evidence import Evidence
from crosscurrent.evidence.own_structure import argued
from crosscurrent.evidence.record import is_counted
from crosscurrent.indicators.momentum import macd, rsi
from crosscurrent.structure.look import Look

__all__ = ["momentum"]

RECENT = 10
WEIGHTS = {
    "rsi_trendline_break": 0.75, "macd_signal_cross": 0.5, "macd_zero_cross": 0.5, "bullish_divergence": 0.5, "bearish_divergence": 0.5,
    "hidden_bullish_divergence": 0.25, "hidden_bearish_divergence": 0.25,
}  # fmt: skip
STRETCHED = 0.25


def momentum(look: Look) -> Iterator[Evidence]:
    """Yield the latest of each sort that momentum has said in two weeks and not taken back, and whether it is stretched now.

    A cross counts while MACD is still on its side; a divergence until it is cancelled. An overbought RSI is weak evidence against
    more of the same, since in trends it stays overbought.
    """
    bars = look.adjusted.bars
    if not len(bars):
        return
    facts = look.facts(*WEIGHTS, since=bars.session[max(len(bars) - RECENT, 0)], basis=bars.basis)
    over = {f.subject for f in facts if f.kind.endswith("divergence") and f.stage == "failed"}
    latest: dict[str, Evidence] = {}
    for fact in facts:
        if fact.stage == "confirmed" and not (fact.kind.endswith("divergence") and fact.subject in over):
            sort = "divergence" if fact.kind.endswith("divergence") else fact.kind
            what = (fact.market, fact.kind, fact.direction, fact.session, WEIGHTS[fact.kind])
            latest[sort] = Evidence(*what, "momentum", argued(fact), is_counted(fact))
    side = _macd_side(bars.close)
    for sort, found in latest.items():
        if not sort.startswith("macd") or side.get(sort) == found.direction:
            yield found
    yield from _stretched(look)


def _macd_side(close: np.ndarray) -> dict[str, str]:
    """Return on which side of its signal line and of zero MACD stands."""
    line, _, histogram = (column[-1:] for column in macd(close))
    return {
        kind: "bullish" if value[0] > 0 else "bearish"
        for kind, value in (("macd_signal_cross", histogram), ("macd_zero_cross", line))
        if len(value) and np.isfinite(value[0])
    }


def _stretched(look: Look) -> Iterator[Evidence]:
    bars = look.adjusted.bars
    value = rsi(bars.close, 14)[-1:]
    if not len(value) or not np.isfinite(value[0]) or 30 < value[0] < 70:
        return
    kind, direction = ("rsi_overbought", "bearish") if value[0] >= 70 else ("rsi_oversold", "bullish")
    yield Evidence(
        bars.market, kind, direction, bars.session[-1], STRETCHED, "momentum", f"RSI is {kind.removeprefix('rsi_')}"
    )
