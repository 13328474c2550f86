"""Readings of an indicator: on the charted prices and on those free of roll gaps, beside a bound, a side, or their own past."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import dated, direction_of, is_no, plain_number, side_of, stated
from crosscurrent.audit.says import Fields
from crosscurrent.audit.since import Reach, last_beyond, reaching
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.bars.bars import Bars, Floats

__all__ = ["bound_of", "crossed", "fold_state", "highest_of", "moved_to_state", "on_both_bases", "placed"]

LATELY = 5
"""A crossing so many bars earlier than said is a near miss."""
Bounds = Mapping[str, tuple[float, int]]


def on_both_bases(case: Case, values: Callable[[Bars], Floats]) -> list[tuple[float, str]]:
    """Return a reading on the charted prices, and on those free of roll gaps where they differ."""
    found = [(float(values(case.traded)[-1]), "on the prices as charted")]
    if case.adjusted.basis == "adjusted":
        found.append((float(values(case.adjusted)[-1]), "on prices free of roll gaps"))
    return found


def bound_of(words: str, names: Bounds) -> tuple[float, int] | None:
    """Return the bound and the side of it that words name: "above 50", "overbought"; None for neither."""
    level = re.search(r"(?:above|over|below|under|less|greater|higher|lower)\D{0,12}?([0-9]+(?:\.[0-9]+)?)", words)
    if level:
        return float(level[1]), -1 if re.search(r"below|under|less|lower", level[0]) else 1
    return next((names[name] for name in names if re.search(rf"\b{name}", words)), None)


def placed(words: str, values: Floats, names: Bounds, what: str) -> Part:
    """Return whether a reading is where words place it ("above 50", "not overbought"), or moves the way they say ("rising")."""
    now, before = float(values[-1]), float(values[-2]) if len(values) > 1 else float("nan")
    measured, said = (
        {re.sub(r"\W", "", what.lower()): now},
        f"{what} is {plain_number(now)}, {plain_number(before)} the bar before",
    )
    bound = bound_of(words, names)
    if bound is None:
        wanted = direction_of(words)
        if not wanted or not np.isfinite(before):
            return undecidable(
                f"state: {words[:40]!r} is no state of it that is known here. {said}", measured, code="ambiguous"
            )
        return stated(wanted * (now - before) > 0, said, measured, instead=f"{said}: not {words}", code="wrong_side")
    level, side = bound
    if re.search(
        r"\b(cross|broke|moved|climb|fell|drop|ris|rose|back)\w*\b.*\b(above|below|over|under|from|into|out)", words
    ) and not is_no(words):
        return crossed(side * (values - level), f"{plain_number(level)}", said, measured, words)
    is_so = (side * (now - level) > 0) != is_no(words)
    is_near = not is_no(words) and side * (now - level) > -1.0
    told = f"{'above' if side > 0 else 'below'} {level:g}"
    return stated(
        is_so,
        said,
        measured,
        instead=f"{said}: not {words}",
        is_near=is_near,
        code="near_value" if is_near else "wrong_side",
        tolerance=told,
    )


def crossed(
    gap: Floats, what: str, said: str, measured: Mapping[str, float | str | bool | None], words: str, first: int = -1
) -> Part:
    """Return whether a line crossed to the positive side of another at bar `first` or later; a crossing lately is a near miss."""
    rows = np.flatnonzero((gap[1:] > 0) & (gap[:-1] <= 0)) + 1
    start = len(gap) + first if first < 0 else first
    last = int(rows[-1]) if len(rows) else None
    ago = "never" if last is None else "at this bar" if last == len(gap) - 1 else f"{len(gap) - 1 - last} bars ago"
    is_near = bool(gap[-1] > 0 and last is not None and len(gap) - 1 - last <= LATELY)
    told = f"{said}; it last crossed {what} that way {ago}"
    return stated(
        last is not None and last >= start,
        told,
        measured,
        is_near=is_near,
        code="earlier" if gap[-1] > 0 else "wrong_side",
    )


def highest_of(case: Case, values: Floats, side: int, since: str, what: str) -> Part:
    """Return whether a reading is the highest (side 1) or lowest (-1) since a day."""
    known = np.flatnonzero(np.isfinite(values))
    cut, sessions = values[known], case.traded.session[known]
    last = last_beyond(cut, sessions, float(side))
    reach = Reach(
        f"{plain_number(float(cut[-1]))}, the {'highest' if side > 0 else 'lowest'} {what}",
        last,
        sessions[0],
        case.interval,
    )
    (part,) = list(reaching(case, reach, since, None, {"since": None if last is None else dated(last)}))
    return part


def fold_state(key: str, value: object, *words: str) -> Fields:
    """Read `above: 50`, `crossed: below signal`, `overbought: true`, `highest_since: 2024-03` as a state."""
    told = str(value).lower()
    if key in ("above", "below", "over", "under", "rising", "falling") or key.startswith(("cross", "turned")):
        return {"state": key.replace("_", " ") if told in ("true", "yes") else f"{key.replace('_', ' ')} {told}"}
    if key in ("highest_since", "lowest_since"):
        return {key: value}
    if key in words and told in ("true", "yes", "false", "no"):
        return {"state": f"{'' if told in ('true', 'yes') else 'not '}{key}"}
    return {}


def moved_to_state(fields: Fields, *numbers: str) -> Fields:
    """Return the fields with words that stand where a number should (`value: overbought`) moved to the state; `above 40` stays a number."""
    for name in numbers:
        told = str(fields.get(name, ""))
        if told and side_of(told) == 0 and not re.search(r"\d", told) and side_of(told) == 0 and "state" not in fields:
            fields = {k: v for k, v in fields.items() if k != name} | {"state": told}
    return fields
