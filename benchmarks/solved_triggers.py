"""Put solved prices to the test: on random walks a bar is appended beyond each price and short of it, and the detectors are asked.

    python benchmarks/solved_triggers.py [walks] [first seed]

Prints for each kind how many prices were solved and how many were wrong. Touches of swings and records are left out: they are true by
their definition.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from crosscurrent.evaluate.promises import keeps_promise
from crosscurrent.setups.triggers import Eve, triggers
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import look_at
from strategies import random_bars

BY_DEFINITION = ("swing_", "record_", "year_", "level_touch")


def main(walks: int, first: int) -> None:
    """Print a line a kind."""
    solved: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for seed in range(first, first + walks):
        bars, other = random_bars(seed, 260), random_bars(1_000_000 + seed, 260)
        eve = Eve(look_at(bars, bars, DETECTORS), look_at(other, other, DETECTORS[:1]))
        for trigger in triggers(eve):
            if not trigger.kind.startswith(BY_DEFINITION):
                solved[trigger.kind] += 1
                wrong[trigger.kind] += not keeps_promise(eve, trigger)
    for kind, n in sorted(solved.items()):
        print(f"{kind:<26}{n:>8} solved{wrong[kind]:>6} wrong")
    print(f"{'all':<26}{solved.total():>8} solved{wrong.total():>6} wrong")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
