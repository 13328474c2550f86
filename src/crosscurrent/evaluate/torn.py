"""Torn outcomes: those that reach over a bar which cannot be compared with the one at which they begin.

Why: the first bar of a contract whose gap nobody knows stands at another price for no reason of the market's, and a stretch in which closes
repeat their opens holds no closes at all. What came after a fact across either is the data's doing, and is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crosscurrent.structure.candles.readable import repeats_its_open
from crosscurrent.structure.tape import Tape

__all__ = ["is_torn", "torn"]


def torn(tape: Tape) -> NDArray[np.bool_]:
    """Return the bars that cannot be compared with those before them. Shape `(n,)`."""
    return tape.cut if tape.bars.is_close_only else tape.cut | repeats_its_open(tape.bars)


def is_torn(tape: Tape, at: NDArray[np.integer], span: int) -> NDArray[np.bool_]:
    """Return whether any of the `span` bars after each place cannot be compared with it; bars that are not there yet tear nothing."""
    before = np.concatenate([[0], np.cumsum(torn(tape))])
    return np.asarray(before[np.minimum(at + span, len(tape) - 1) + 1] > before[at + 1])
