"""Put solved prices to the test: on random walks a bar is appended beyond each price and short of it, and the detectors are asked.

    python benchmarks/solved_triggers.py [cases a kind] [first seed] [kind]

Rare kinds are made frequent by where the walks are cut: on the eves of what the detectors find in them (a star, a cross, the end of a
wedge) and on the days after. Prices too far away to be a rung of the ladder are left out. Prints for each kind how many prices were solved and how many were wrong; ends with 1 where a kind has a
wrong one, or fewer cases than asked (10,000 by default).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from crosscurrent.bars.bars import Bars
from crosscurrent.evaluate.promises import keeps_promise
from crosscurrent.setups.ladder import is_in_reach
from crosscurrent.setups.triggers import FAMILIES, Eve, Trigger
from crosscurrent.setups.triggers.averages import averages, crosses
from crosscurrent.setups.triggers.boundaries import failed_breaks, levels, lines
from crosscurrent.setups.triggers.candles import COMPLETED, candles, completed
from crosscurrent.setups.triggers.extremes import highs_and_lows
from crosscurrent.setups.triggers.momentum import (
    bands,
    divergences,
    macd_crosses,
    parabolic_stop,
    rsi_lines,
    rsi_thresholds,
)
from crosscurrent.setups.triggers.moves import correlation_sign, streaks, weeks
from crosscurrent.setups.triggers.patterns import forming_patterns, standing_patterns
from crosscurrent.structure import DETECTORS, Detector, Tape
from crosscurrent.structure.look import look_at
from crosscurrent.structure.patterns import Patterns
from strategies import random_bars

Family = Callable[[Eve], Iterator[Trigger]]

LONG = 4000
"""Bars of a walk."""
AROUND = (-8, -5, -3, -2, -1, 0, 2, 5)
"""Where the walk is cut around what a pattern does, in bars from the one at which it is known."""
MOST_CUTS, MOST_WALKS = 200, 20_000
PATTERNS = tuple(detector for detector in DETECTORS if isinstance(detector, Patterns))


@dataclass
class Trial:
    """A family, the detectors it reads, the kinds it must be tested on, and what has come of it.

    `around` says where walks are cut for a fact of these kinds that is known at a bar, `kept` how many bars before a cut are kept.
    """

    families: tuple[Family, ...]
    detectors: tuple[Detector, ...]
    kinds: tuple[str, ...]
    around: tuple[int, ...] = (-1,)
    kept: int = 140
    solved: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    def is_short(self, cases: int) -> bool:
        """Whether a kind has fewer cases than asked."""
        return any(self.solved[kind] < cases for kind in self.kinds)

    def take(self, walk: Bars, beside: Bars, cases: int) -> None:
        """Put the triggers of a walk's eves to the test, of each kind as many as asked."""
        for eve in self._eves(walk, beside, cases):
            for trigger in (t for family in self.families for t in family(eve) if is_in_reach(t, eve)):
                kind = kind_of(trigger)
                if self.solved[kind] < cases:
                    self.solved[kind] += 1
                    self.wrong[kind] += not keeps_promise(eve, trigger)

    def _eves(self, walk: Bars, beside: Bars, cases: int) -> Iterator[Eve]:
        for cut in self._cuts(walk, cases):
            bars, other = (side.slice(cut - self.kept, cut) for side in (walk, beside))
            yield Eve(look_at(bars, bars, self.detectors), look_at(other, other, ()))

    def _cuts(self, walk: Bars, cases: int) -> Iterable[int]:
        """Return where the walk is cut: around the facts of kinds that are still short; anywhere for what no detector tells."""
        short = {kind.split()[0] for kind in self.kinds if self.solved[kind] < cases}
        tape, found = Tape(walk), set(range(self.kept, LONG, LONG // 20))
        for table in (detector.sweep(tape) for detector in self.detectors):
            codes = [code for code, kind in enumerate(table.layout.kinds) if kind in short]
            found |= {int(t) + 1 + step for t in table.at[np.isin(table.kind, codes)] for step in self.around}
        cuts = sorted(cut for cut in found if self.kept <= cut <= LONG)
        return cuts[:: len(cuts) // MOST_CUTS + 1]


def kind_of(trigger: Trigger) -> str:
    """Return the kind of a trigger: that of its fact, and whether it ends the fact or reaches its target."""
    return trigger.kind if trigger.is_made else f"{trigger.kind} {'ended' if trigger.at == 'close' else 'reached'}"


def trials() -> tuple[Trial, ...]:
    """Return every family with the kinds that it must be tested on."""
    diverging = told_by("bullish_divergence")
    return (
        Trial((highs_and_lows,), told_by("swing_high", "record_high"), ("swing_high", "swing_low", "record_high", "record_low", "year_high", "year_low"), kept=300),
        Trial((lines,), told_by("trendline_break"), ("trendline_break",)),
        Trial((levels,), told_by("level_break"), ("level_break", "level_touch")),
        Trial((failed_breaks,), told_by("trendline_break", "level_break"), ("failed_break",)),
        Trial((averages,), told_by("average_loss"), ("average_loss", "average_recovery", "average_reclaim", "average_reject"), kept=260),
        Trial((crosses,), told_by("golden_cross"), ("golden_cross", "death_cross"), kept=260),
        Trial((rsi_thresholds,), told_by("rsi_overbought"), ("rsi_overbought", "rsi_oversold", "rsi_midline")),
        Trial((rsi_lines,), told_by("rsi_trendline_break"), ("rsi_trendline_break",)),
        Trial((macd_crosses,), told_by("macd_signal_cross"), ("macd_signal_cross", "macd_zero_cross")),
        Trial((divergences,), diverging, tuple(f"{kind} ended" for kind in diverging[0].layout.kinds), AROUND),
        Trial((bands,), told_by("bollinger_break"), ("bollinger_break",)),
        Trial((parabolic_stop,), told_by("sar_flip"), ("sar_flip",)),
        Trial((streaks,), told_by("streak"), ("streak", "streak ended")),
        Trial((weeks,), (), ("week_best", "week_worst"), kept=320),
        Trial((correlation_sign,), (), ("correlation_sign",)),
        *(Trial((forming_patterns, standing_patterns), (pattern,), lives_of(pattern), AROUND) for pattern in PATTERNS),
        *(Trial((partial(completed, candle),), told_by(candle.kind), (candle.kind,)) for candle in COMPLETED),
    )  # fmt: skip


def lives_of(pattern: Detector) -> tuple[str, ...]:
    """Return what can become of a detector's patterns: they are confirmed, they fail, they reach their target."""
    return tuple(f"{kind}{end}" for kind in pattern.layout.kinds for end in ("", " ended", " reached"))


def told_by(*kinds: str) -> tuple[Detector, ...]:
    """Return the detectors that tell these kinds."""
    return tuple(detector for detector in DETECTORS if set(kinds) & set(detector.layout.kinds))


def run(trial: Trial, cases: int, first: int, most_walks: int | None = None) -> Trial:
    """Return a trial after as many walks as it needed."""
    for seed in range(first, first + (MOST_WALKS if most_walks is None else most_walks)):
        if not trial.is_short(cases):
            break
        trial.take(random_bars(seed, LONG), random_bars(1_000_000 + seed, LONG, market="OTHER"), cases)
    return trial


def main(cases: int = 10_000, first: int = 0, kind: str = "") -> int:
    """Print a line a kind, of one family where a kind of it is named; return 1 where one is wrong or short."""
    held = trials()
    untried = {*FAMILIES} - {candles} - {family for trial in held for family in trial.families}
    assert not untried, f"no trial for {untried}"
    held = tuple(trial for trial in held if not kind or kind in trial.kinds)
    for trial in held:
        run(trial, cases, first)
        for kind in sorted({*trial.solved, *trial.kinds}):
            short = "  short" if trial.solved[kind] < cases else ""
            print(f"{kind:<32}{trial.solved[kind]:>8} solved{trial.wrong[kind]:>6} wrong{short}", flush=True)
    solved, wrong = (sum(column) for column in zip(*((t.solved.total(), t.wrong.total()) for t in held), strict=True))
    print(f"{'all':<32}{solved:>8} solved{wrong:>6} wrong")
    return int(wrong > 0 or any(trial.is_short(cases) for trial in held))


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:3]), *sys.argv[3:4]))
