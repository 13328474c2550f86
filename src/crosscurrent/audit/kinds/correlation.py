"""Correlation claims: levels or changes, over a window, and what unrelated series would show."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure
from crosscurrent.audit.verdicts import Part, fails, holds, near_miss, undecidable
from crosscurrent.errors import MissingData, RequestError
from crosscurrent.intermarket.correlation import Correlation

__all__ = ["CORRELATION"]

AROUND = 3
"""Windows so much shorter or longer are named where the claimed one does not fit."""
STRENGTHS = {
    "perfect": 0.95,
    "very strong": 0.85,
    "lockstep": 0.85,
    "strong": 0.7,
    "high": 0.7,
    "tight": 0.7,
    "moderate": 0.4,
    "weak": 0.0,
    "none": 0.0,
    "no": 0.0,
}
UNUSUAL = 0.95


class CorrelationSays(Says):
    """A correlation: its value or its sign and strength, the window, and whether of levels or of changes (both are tried if unsaid)."""

    value: Number | None = None
    sign: Words | None = None
    strength: Words | None = None
    window: Quote = "10"
    of: Words | None = None


def judge(case: Case, says: CorrelationSays) -> Iterator[Part]:
    """Yield the verdicts on a correlation."""
    if len(set(case.markets)) < 2:
        raise RequestError("A correlation is of two markets; the claim names one.")
    window = case.window(says.window)
    n = _sessions(case, says.window)
    try:
        found = case.bench.correlation(case.markets[0], case.markets[1], n, case.day)
    except MissingData as fault:
        yield undecidable(fault.sentence, code="no_data")
        return
    tried = _tried(found, says.of)
    told = (
        f"Pearson correlation of {case.markets[0]} and {case.markets[1]} paired by trade date, {n} sessions from"
        f" {found.start} to {found.end}"
    )
    told += f", {window.text!r} read as {n} sessions" if window.unit != "sessions" else ""
    if says.value is not None:
        yield _valued(case, says.value, found, tried, n, told)
    if says.sign or says.strength:
        yield _signed(says, found, tried, told)
    if says.value is None and not says.sign and not says.strength:
        yield undecidable(
            "The claim names no value, sign or strength.", _measured(found), code="says_nothing", definition=told
        )


def _sessions(case: Case, raw: str) -> int:
    window = case.window(raw)
    if window.unit in ("since", "to_date"):
        from crosscurrent.audit.when import starts_of

        days = case.traded.session
        starts = starts_of(days, window)
        return max(len(days) - 1 - starts[0][0], 3) if starts else 3
    return max(window.sessions, 3)


def _tried(found: Correlation, of: str | None) -> list[tuple[str, float | None, float | None]]:
    """Return the figures that the claim may mean: of levels, of changes, or both when it does not say."""
    levels = ("levels", found.levels.value, found.levels.without_unequal)
    changes = ("changes", found.changes.value, found.changes.without_unequal)
    if of and any(w in of for w in ("level", "price", "close")) and "change" not in of:
        return [levels]
    if of and any(w in of for w in ("change", "return", "move", "pct", "percent")):
        return [changes]
    return [levels, changes]


def _measured(found: Correlation) -> dict[str, float | str | bool | None]:
    return {
        "level_correlation": found.levels.value,
        "change_correlation": found.changes.value,
        "level_without_unequal": found.levels.without_unequal,
        "change_without_unequal": found.changes.without_unequal,
        "window": found.window,
        "chance_percentile": found.chance.percentile if found.chance else None,
    }


def _valued(
    case: Case,
    figure: Figure,
    found: Correlation,
    tried: list[tuple[str, float | None, float | None]],
    n: int,
    told: str,
) -> Part:
    figure = figure.scaled(0.01) if figure.unit == "pct" else figure
    more = {"definition": told, "tolerance": figure.told()}
    for of, value, _ in tried:
        if value is not None and figure.fits(value):
            said = f"The correlation of {of} is {_r(value)} over {n} sessions, claimed {figure.text}{_other(tried, of)}"
            return holds(said, _measured(found), remark=_remark(found, of), **more)
    known = [(of, value, without) for of, value, without in tried if value is not None]
    if not known:
        return undecidable(
            "The correlation is not defined: a series does not move.", _measured(found), code="no_data", **more
        )
    of, value, _ = min(known, key=lambda one: figure.missed_by(one[1]))
    fitting = _fitting(case, figure, tried, n)
    said = (
        f"Over {n} sessions it is {', '.join(f'{_r(v)} of {o}' for o, v, _ in known)}, not"
        f" {figure.text}{_short(known)}{fitting}"
    )
    if figure.is_near(value) or (fitting and figure.missed_by(value) <= 0.1):
        return near_miss(said, _measured(found), code="near_value", **more)
    return fails(said, _measured(found), code="other_value", **more)


def _fitting(case: Case, figure: Figure, tried: list[tuple[str, float | None, float | None]], n: int) -> str:
    """Say over which neighbouring windows the claimed value is found."""
    found: dict[str, list[tuple[int, float]]] = {}
    for other in range(max(n - AROUND, 3), n + AROUND + 1):
        if other == n:
            continue
        try:
            near = case.bench.correlation(case.markets[0], case.markets[1], other, case.day)
        except MissingData:
            continue
        for of, value in (("levels", near.levels.value), ("changes", near.changes.value)):
            if any(of == o for o, _, _ in tried) and value is not None and figure.fits(value):
                found.setdefault(of, []).append((other, value))
    told = [f"of {of} {' and '.join(f'{_r(v)} over {w}' for w, v in rows)}" for of, rows in found.items()]
    return f"; it would be {', '.join(told)} sessions" if told else ""


def _short(known: list[tuple[str, float, float | None]]) -> str:
    told = [f"{_r(w)} of {of}" for of, v, w in known if w is not None and abs(w - v) >= 0.005]
    return f" ({', '.join(told)} without the sessions of unequal length)" if told else ""


def _other(tried: list[tuple[str, float | None, float | None]], of: str) -> str:
    told = [f"of {o} it is {_r(v)}" for o, v, _ in tried if o != of and v is not None]
    return f" (of {told[0].removeprefix('of ')})" if told else ""


def _signed(
    says: CorrelationSays, found: Correlation, tried: list[tuple[str, float | None, float | None]], told: str
) -> Part:
    words = f"{says.sign or ''} {says.strength or ''}"
    sign = direction_of(words)
    least = next((v for word, v in STRENGTHS.items() if word in words), 0.0)
    is_weak = "weak" in words or "no correlation" in words or says.strength in ("none", "no", "low")
    more = {
        "definition": told,
        "tolerance": (
            f"{words.strip()}:"
            f" {'|r| below 0.4' if is_weak else f'|r| of at least {least:g}' if least else 'the sign alone'}"
        ),
    }
    known = [(of, v) for of, v, _ in tried if v is not None]
    shown = ", ".join(f"{_r(v)} of {of}" for of, v in known)
    for of, value in known:
        if (not sign or value * sign > 0) and (abs(value) < 0.4 if is_weak else abs(value) >= least):
            return holds(
                f"The correlation is {shown}, claimed {words.strip()}",
                _measured(found),
                remark=_remark(found, of),
                **more,
            )
    is_near = any((not sign or v * sign > 0) and abs(v) >= least - 0.1 for _, v in known) and not is_weak
    make = near_miss if is_near else fails
    return make(
        f"The correlation is {shown or 'undefined'}, not {words.strip()}",
        _measured(found),
        code="weaker" if is_near else "other_value",
        **more,
    )


def _remark(found: Correlation, of: str) -> str:
    chance = found.chance if of == "levels" else found.chance_of_changes
    if chance is None:
        return ""
    within = (
        ""
        if chance.within_a_year is None
        else f", and {chance.within_a_year:.0%} of unrelated pairs show as much in some window within a year"
    )
    told = f"unrelated series show less in {chance.percentile:.0%} of windows{within}."
    is_dull = chance.percentile < UNUSUAL or (chance.within_a_year is not None and chance.within_a_year >= 0.5)
    return f"True, and unremarkable: {told}" if is_dull else f"Beside chance: {told}"


def _r(value: float) -> str:
    return f"{value:.3f}"


CORRELATION = ClaimKind(
    "correlation",
    CorrelationSays,
    judge,
    bare="value",
    subject=("window", "of"),
    markets=2,
    aliases="correlate correlated level_correlation change_correlation price_correlation correlation_coefficient",
    names={
        "value": "correlation r coefficient score reading rho figure",
        "sign": "direction relationship",
        "window": "over period sessions days lookback length timeframe horizon",
        "of": "on measure method series_of level_or_change type type_of variant",
        "strength": "is degree",
    },
    prepared=lambda fields, spoken: (
        ({"of": "levels"} if "level" in spoken else {"of": "changes"} if "change" in spoken else {}) | fields
    ),
)
