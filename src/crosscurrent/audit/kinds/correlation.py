"""Correlation claims: levels or changes, over a window, and what unrelated series would show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import direction_of, said_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.spoken import window_in
from crosscurrent.audit.tolerance import Figure, spelling
from crosscurrent.audit.verdicts import Measured, Part, fails, holds, near_miss, undecidable
from crosscurrent.audit.when import starts_of
from crosscurrent.errors import MissingData, RequestError
from crosscurrent.intermarket.correlation import Correlation

__all__ = ["CORRELATION"]

AROUND = 3
"""Windows so much shorter or longer are named where the claimed one does not fit."""
FEWEST = 3
LOOSE = 0.1
"""A value that a neighbouring window shows is a near miss when the claimed window misses it by this at most."""
WEAK = 0.4
STRENGTHS = {
    "perfect": 0.95,
    "very strong": 0.85,
    "lockstep": 0.85,
    "strong": 0.7,
    "high": 0.7,
    "tight": 0.7,
    "close": 0.7,
    "moderate": 0.4,
}
UNUSUAL = 0.95
Tried = list[tuple[str, float | None, float | None]]
"""What the claim may mean: levels or changes, with the figure, and the figure without sessions of unequal length."""


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
    window, n = case.window(says.window), _sessions(case, says.window)
    try:
        found = case.bench.correlation(case.markets[0], case.markets[1], n, case.day)
    except MissingData as fault:
        yield undecidable(fault.sentence, code="no_data")
        return
    read = f", {window.text!r} read as {n} sessions" if window.unit != "sessions" else ""
    pair = f"{case.markets[0]} and {case.markets[1]}"
    told = f"Pearson correlation of {pair} paired by trade date, {n} sessions from {found.start} to {found.end}{read}"
    tried = _tried(found, says.of)
    shown = ", ".join(f"{_r(v)} of {of}" for of, v, _ in tried if v is not None)
    yield from said_of(_parts(case, says, found, tried, n), f"It is {shown}.", _measured(found), definition=told)


def _parts(case: Case, says: CorrelationSays, found: Correlation, tried: Tried, n: int) -> Iterator[Part]:
    if says.value is not None:
        yield _valued(case, says.value, found, tried, n)
    if says.sign or says.strength:
        yield _signed(f"{says.sign or ''} {says.strength or ''}".strip(), found, tried)


def _sessions(case: Case, raw: str) -> int:
    window = case.window(raw)
    if window.unit not in ("since", "to_date"):
        return max(window.sessions, FEWEST)
    days = case.traded.session
    starts = starts_of(days, window)
    return max(len(days) - 1 - starts[0][0], FEWEST) if starts else FEWEST


def _tried(found: Correlation, of: str | None) -> Tried:
    """Return the figures that the claim may mean: of levels, of changes, or both when it does not say."""
    levels = ("levels", found.levels.value, found.levels.without_unequal)
    changes = ("changes", found.changes.value, found.changes.without_unequal)
    if of and re.search(r"change|return|move|pct|percent", of):
        return [changes]
    return [levels] if of and re.search(r"level|price|close", of) else [levels, changes]


def _measured(found: Correlation) -> Measured:
    return {
        "level_correlation": found.levels.value,
        "change_correlation": found.changes.value,
        "level_without_unequal": found.levels.without_unequal,
        "change_without_unequal": found.changes.without_unequal,
        "window": found.window,
        "chance_percentile": found.chance.percentile if found.chance else None,
    }


def _valued(case: Case, figure: Figure, found: Correlation, tried: Tried, n: int) -> Part:
    figure = figure.scaled(0.01) if figure.unit == "pct" else figure
    known = [(of, value, without) for of, value, without in tried if value is not None]
    if not known:
        return undecidable("The correlation is not defined: a series does not move.", _measured(found), code="no_data")
    fits = next(((of, value) for of, value, _ in known if figure.fits(value)), None)
    if fits is not None:
        others = [f" (of {of} it is {_r(v)})" for of, v, _ in known if of != fits[0]]
        said = (
            f"The correlation of {fits[0]} is {_r(fits[1])} over {n} sessions, claimed {figure.text}{''.join(others)}"
        )
        return holds(said, _measured(found), remark=_beside_chance(found, fits[0]), tolerance=figure.told())
    missed, elsewhere = min(figure.missed_by(v) for _, v, _ in known), _elsewhere(case, figure, tried, n)
    shown = ", ".join(f"{_r(v)} of {of}" for of, v, _ in known)
    said = f"Over {n} sessions it is {shown}, not {figure.text}{_short(known)}{elsewhere}"
    is_near = any(figure.is_near(v) for _, v, _ in known) or bool(elsewhere and missed <= LOOSE)
    make, code = (near_miss, "near_value") if is_near else (fails, "other_value")
    return make(said, _measured(found), code=code, tolerance=figure.told())


def _elsewhere(case: Case, figure: Figure, tried: Tried, n: int) -> str:
    """Say over which neighbouring windows the claimed value is found."""
    found: dict[str, list[str]] = {}
    for other in (w for w in range(max(n - AROUND, FEWEST), n + AROUND + 1) if w != n):
        try:
            near = case.bench.correlation_figures(case.markets[0], case.markets[1], other, case.day)
        except IndexError:  # a history shorter than the window
            continue
        for of, value in near.items():
            if figure.fits(value) and any(of == one for one, _, _ in tried):
                found.setdefault(of, []).append(f"{_r(value)} over {other}")
    told = [f"of {of} {' and '.join(rows)}" for of, rows in found.items()]
    return f"; it would be {', '.join(told)} sessions" if told else ""


def _short(known: list[tuple[str, float, float | None]]) -> str:
    told = [f"{_r(w)} of {of}" for of, v, w in known if w is not None and abs(w - v) >= 0.005]
    return f" ({', '.join(told)} without the sessions of unequal length)" if told else ""


def _signed(words: str, found: Correlation, tried: Tried) -> Part:
    sign, least = direction_of(words), next((v for word, v in STRENGTHS.items() if word in words), 0.0)
    is_weak = bool(re.search(r"\b(weak|no|none|low|little|uncorrelated|broke\w* down)\b", words))
    bound = f"|r| below {WEAK}" if is_weak else f"|r| of at least {least:g}" if least else "the sign alone"
    known = [(of, v) for of, v, _ in tried if v is not None]
    shown = ", ".join(f"{_r(v)} of {of}" for of, v in known) or "undefined"
    sided = [(of, v) for of, v in known if is_weak or not sign or v * sign > 0]
    fits = next((of for of, v in sided if (abs(v) < WEAK if is_weak else abs(v) >= least)), None)
    tolerance = f"{words}: {bound}"
    if fits is not None:
        return holds(
            f"The correlation is {shown}, claimed {words}",
            _measured(found),
            remark=_beside_chance(found, fits),
            tolerance=tolerance,
        )
    is_near = not is_weak and any(abs(v) >= least - LOOSE for _, v in sided)
    make, code = (near_miss, "weaker") if is_near else (fails, "other_value")
    return make(f"The correlation is {shown}, not {words}", _measured(found), code=code, tolerance=tolerance)


def _beside_chance(found: Correlation, of: str) -> str:
    chance = found.chance if of == "levels" else found.chance_of_changes
    if chance is None:
        return ""
    year = chance.within_a_year
    within = "" if year is None else f", and {year:.0%} of unrelated pairs show as much in some window within a year"
    told = f"unrelated series show less in {chance.percentile:.0%} of windows{within}."
    is_dull = chance.percentile < UNUSUAL or (year is not None and year >= 0.5)
    return f"True, and unremarkable: {told}" if is_dull else f"Beside chance: {told}"


def _r(value: float) -> str:
    return f"{value:.3f}"


def _folded(key: str, value: object) -> Fields:
    """Read `change_correlation: 0.68` and `changes: true`."""
    of = "levels" if "level" in key else "changes" if re.search(r"change|return", key) else None
    if of is None:
        return {}
    return {"of": of} if str(value).lower() in ("true", "yes") else {"of": of, "value": value}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read levels or changes in the kind's own name, and words such as "strongly negative" where a number should stand."""
    value = spelling(fields.get("value", ""))
    if value and not re.search(r"\d", value):
        fields = {k: v for k, v in fields.items() if k != "value"} | {"strength": value}
    return (
        {"of": "levels"} if "level" in spoken else {"of": "changes"} if re.search("change|return", spoken) else {}
    ) | fields


def _worded(text: str) -> Fields:
    """Read "0.89 over the past fortnight", "strong positive over ten sessions"."""
    window, value = window_in(text), re.search(r"[-+−]?(?:0?\.\d+|1\.0+)|[-+−]?\d{1,2}%", text)
    of = re.search(r"returns|daily changes|levels|prices", text.lower())
    found: Fields = {"value": value[0]} if value else {"strength": text}
    return found | ({"window": window} if window else {}) | ({"of": of[0]} if of else {})


CORRELATION = ClaimKind(
    "correlation",
    CorrelationSays,
    judge,
    bare="value",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("window", "of"),
    markets=2,
    aliases="correlate correlated level_correlation change_correlation price_correlation correlation_coefficient rolling_correlation",
    names={
        "value": "correlation r coefficient score reading rho figure level",
        "sign": "direction relationship",
        "window": "over period sessions days lookback length timeframe horizon within",
        "of": "on measure method series_of level_or_change type type_of variant basis_of",
        "strength": "is degree state",
    },
)
