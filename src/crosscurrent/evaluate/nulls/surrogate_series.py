"""Patterns on surrogate series: what the pattern detectors find, and how it ends, in series that hold no pattern at all.

Why: a pattern is chosen by hindsight of its own. It is told because price broke out, at a distance from its target that the
drawing fixes, after weeks in which the ATR has shrunk; random walks do all that too, and their "patterns" also reach targets. A
surrogate of the market, blocks of its own bars with each block as likely upside down, has its tails, its turbulence and its drift,
and no memory beyond a block. The rate at which patterns found there reach their targets is the rate of chance, with every choice
the detector makes included.

Reference: Lo, Mamaysky & Wang (2000), Foundations of technical analysis, on comparing with simulated walks.
"""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Bars, Floats
from crosscurrent.evaluate.nulls.bootstrapped_bars import BLOCK, block_order, laid_end_to_end

__all__ = ["surrogate"]


def surrogate(bars: Bars, unit: Floats, rng: np.random.Generator, block: float = BLOCK) -> Bars:
    """Return as many bars on the same sessions: blocks of the market's own in random order, each upside down half of the time.

    `unit` is the ATR at each bar, shape `(n,)`: each bar is laid down in the ATR of its new place.
    """
    order = block_order(max(len(bars) - 1, 0), block, rng) + 1
    begins = np.concatenate([[True], np.diff(order) != 1])[: len(order)]
    signs = np.where(rng.random(int(begins.sum())) < 0.5, -1.0, 1.0)
    return laid_end_to_end(bars, unit, order, signs[np.cumsum(begins) - 1] if len(order) else np.empty(0))
