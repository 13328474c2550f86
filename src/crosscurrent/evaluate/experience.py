"""What a note may know of the past: records and odds, from looks that end at its own close.

Nothing is kept from one note to the next, so nothing can leak between dates: a note that is written again from data cut at its date
gains the same experience.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crosscurrent.evaluate.records import is_readable, records_of
from crosscurrent.evaluate.trap.breaks import WITHIN, Breaks, breaks_of, pooled
from crosscurrent.evaluate.trap.scoring import Skill
from crosscurrent.evaluate.trap.walk_forward import Forecast, walk_forward
from crosscurrent.evidence.experience import Experience
from crosscurrent.evidence.trap import Odds, Worth
from crosscurrent.structure.look import Look

__all__ = ["learn", "odds_of"]


def learn(looks: Mapping[str, Look], beside: str | None = None) -> Experience:
    """Return what the past of these markets says of their present, with one of them as filter for the others.

    Breaks of all markets teach one model, because distances in ATR make them alike, and few markets break often enough alone.
    """
    readable = [look for look in looks.values() if is_readable(look)]
    other = looks[beside].adjusted.bars if beside is not None and beside in looks else None
    parts = [breaks_of(look, other) for look in readable]
    return Experience(records_of(looks), _undecided(pooled(parts)) if parts else ())


def _undecided(breaks: Breaks) -> tuple[Odds, ...]:
    """Return the odds of the breaks that may still fail; where there is none, no model is made."""
    rows = np.flatnonzero(np.isnat(breaks.settled))
    return odds_of(breaks, walk_forward(breaks), rows) if len(rows) else ()


def odds_of(breaks: Breaks, forecast: Forecast, rows: np.ndarray) -> tuple[Odds, ...]:
    """Return the odds of these breaks as objects."""
    return tuple(_odds(breaks, forecast, int(row)) for row in rows)


def _odds(breaks: Breaks, forecast: Forecast, row: int) -> Odds:
    known = forecast.editions[forecast.edition[row]]
    failed = breaks.failed[row]
    return Odds(
        str(breaks.market[row]), str(breaks.kind[row]), str(breaks.basis[row]), int(breaks.subject[row]),
        "bullish" if breaks.side[row] > 0 else "bearish", breaks.session[row], WITHIN, _known(forecast.probability[row]),
        _known(forecast.base[row]), int(known.counts[breaks.sort[row]]), _known(breaks.chance[row]), _worth(known.skill),
        _worth(known.over_chance), None if np.isnan(failed) else bool(failed),
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _worth(skill: Skill | None) -> Worth | None:
    return None if skill is None else Worth(skill.value, skill.low, skill.high)
