"""Are touch probabilities calibrated? Walk-forward over a folder of daily files: what was said at each close against what came.

    python benchmarks/touch_calibration.py FOLDER

At every eleventh close of every market three distances are drawn, of which small ones are as frequent as large ones are
rare, up to 1.6 ATR for the next session and 3.2 for a week, on both sides; `Touch` is asked with the bars until then. Prints for each tenth of
stated probability the mean stated, the share that came, how many, and the error of that share by a bootstrap of whole months: markets move
together, and touches of one day are no cases of their own.
"""

from __future__ import annotations

import sys

import numpy as np

from crosscurrent.setups.touch import WEEK, Touch
from crosscurrent.sources import open_source
from crosscurrent.sources.taking import snapshot
from crosscurrent.structure.tape import Tape

STEP, WARM_UP, WINDOW = 11, 600, 1500
DRAWS, RESAMPLED = 3, 400


def said_and_came(tape: Tape, sessions: int, rng: np.random.Generator) -> list[tuple[float, bool, int]]:
    """Return stated probabilities, outcomes and months of one market."""
    bars, found = tape.bars, []
    for t in range(WARM_UP, len(bars) - sessions, STEP):
        past = Touch(Tape(bars.slice(max(t + 1 - WINDOW, 0), t + 1)))
        if not past.unit > 0:
            continue
        d = np.square(rng.uniform(0.05, 1.0, DRAWS)) * (1.6 if sessions == 1 else 3.2) * past.unit
        ahead, month = slice(t + 1, t + 1 + sessions), int(bars.session[t].astype("datetime64[M]").astype(int))
        high, low = bars.high[ahead].max(), bars.low[ahead].min()
        found += [
            (float(p), bool(high >= bars.close[t] + x), month) for p, x in zip(past.within(d, sessions), d, strict=True)
        ]
        found += [
            (float(p), bool(low <= bars.close[t] - x), month) for p, x in zip(past.within(-d, sessions), d, strict=True)
        ]
    return found


def error_of(came: np.ndarray, month: np.ndarray, rng: np.random.Generator) -> float:
    """Return the standard error of a share, whole months drawn again and again."""
    months, place = np.unique(month, return_inverse=True)
    hits, n = np.bincount(place, came, len(months)), np.bincount(place, minlength=len(months))
    drawn = rng.integers(0, len(months), (RESAMPLED, len(months)))
    return float(np.std(hits[drawn].sum(axis=1) / n[drawn].sum(axis=1)))


def main(folder: str) -> None:
    """Print the table for the next session and for a week."""
    source, rng = open_source(folder), np.random.default_rng(11)
    taken = snapshot(source, source.markets(), "2025-12-31")
    tapes = [Tape(taken.adjusted(m)) for m in taken.names if len(taken.traded(m)) > WARM_UP]
    for sessions in (1, WEEK):
        cases = np.array([case for tape in tapes for case in said_and_came(tape, sessions, rng)])
        print(f"within {sessions} session(s), {len(cases)} cases, {len(tapes)} markets")
        tenth = np.clip((cases[:, 0] * 10).astype(int), 0, 9)
        for k in range(10):
            said, came, month = cases[tenth == k].T
            error = error_of(came, month, rng)
            print(
                f"  {10 * k:>3}-{10 * k + 10}%  said {said.mean():.3f}  came {came.mean():.3f}  error {error:.3f}  n {len(said)}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1])
