"""Breaks with a known cause: failure depends on the first of three features, by a weight that may be nought, and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import expit

from crosscurrent.evaluate.trap import WITHIN, Breaks


def planted(seed: int, weight: float, n: int = 2500) -> Breaks:
    """Return breaks, one a weekday from 2010 on."""
    rng = np.random.default_rng(seed)
    session = np.busday_offset(np.datetime64("2010-01-04"), np.arange(n))
    features = rng.standard_normal((n, 3))
    failed = (rng.random(n) < expit(weight * features[:, 0] - 0.2)).astype(float)
    text, whole = np.full(n, "toy"), np.zeros(n, np.int64)
    return Breaks(
        text, text, text, np.arange(n), whole, np.ones(n), session, np.ones(n, bool), features, np.full(n, 0.45),
        np.busday_offset(session, WITHIN), failed,
    )  # fmt: skip


def known_by(breaks: Breaks, day: np.datetime64) -> Breaks:
    """Return the breaks as they stood at the close of a day: none later, and none decided that was not yet."""
    known = breaks.where(breaks.session <= day)
    is_open = known.settled > day
    return replace(
        known,
        settled=np.where(is_open, np.datetime64("NaT", "D"), known.settled),
        failed=np.where(is_open, np.nan, known.failed),
    )
