"""Are touch probabilities calibrated? Walk-forward over a folder of daily files: what was said at each close against what came.

    python benchmarks/touch_calibration.py FOLDER

At every seventh close a distance is drawn, uniform up to 1.6 ATR for the next session and 3.2 for a week, on both sides; `Touch` is asked
with the bars until then. Prints for each tenth of stated probability the mean stated, the share that came, and how many.
"""

from __future__ import annotations

import sys

import numpy as np

from crosscurrent.setups.touch import WEEK, Touch
from crosscurrent.sources import open_source
from crosscurrent.sources.taking import snapshot
from crosscurrent.structure.tape import Tape

MARKETS = (
    "NQ",
    "ES",
    "RTY",
    "ZN",
    "ZB",
    "CL",
    "NG",
    "GC",
    "HG",
    "NDX",
    "SPX",
    "RUT",
    "SPY",
    "IWM",
    "TLT",
    "HYG",
    "GLD",
    "XLK",
    "BTCUSD",
    "DGS10",
)
STEP, WARM_UP, WINDOW = 23, 600, 1500


def said_and_came(tape: Tape, sessions: int, rng: np.random.Generator) -> list[tuple[float, bool]]:
    """Return stated probabilities and outcomes of one market."""
    bars, found = tape.bars, []
    for t in range(WARM_UP, len(bars) - sessions, STEP):
        past = Touch(Tape(bars.slice(max(t + 1 - WINDOW, 0), t + 1)))
        if not past.unit > 0:
            continue
        d = float(rng.uniform(0.02, 1.6 if sessions == 1 else 3.2)) * past.unit
        ahead = slice(t + 1, t + 1 + sessions)
        up, down = past.within(np.array([d, -d]), sessions)
        found.append((float(up), bool(bars.high[ahead].max() >= bars.close[t] + d)))
        found.append((float(down), bool(bars.low[ahead].min() <= bars.close[t] - d)))
    return found


def main(folder: str) -> None:
    """Print the table for the next session and for a week."""
    source, rng = open_source(folder), np.random.default_rng(11)
    held = [m for m in MARKETS if m in source.markets()]
    taken = snapshot(source, held, "2025-12-31")
    for sessions in (1, WEEK):
        pairs = np.array([p for m in held for p in said_and_came(Tape(taken.adjusted(m)), sessions, rng)])
        print(f"within {sessions} session(s), {len(pairs)} cases, {len(held)} markets")
        tenth = np.clip((pairs[:, 0] * 10).astype(int), 0, 9)
        for k in range(10):
            mine = pairs[tenth == k]
            print(
                f"  {10 * k:>3}-{10 * k + 10}%  said {mine[:, 0].mean():.3f}  came {mine[:, 1].mean():.3f}  n {len(mine)}"
            )


if __name__ == "__main__":
    main(sys.argv[1])
