"""Superlatives: the largest move, the highest close, the first fall since a day, or in weeks, months, years."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, direction_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.kinds.firsts import first_of_its_kind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.since import Reach, last_beyond, reaching
from crosscurrent.audit.verdicts import Measured, Part, fails, near_miss, undecidable
from crosscurrent.audit.when import Window
from crosscurrent.intermarket.rarity import Move, RawMove, moves_of_bars

__all__ = ["SUPERLATIVE"]

PRICES = re.compile(
    r"\b(close|closing|high|low|level|price|yield|record|intraday|settle\w*|highest|lowest|peak|trough)\b"
)
PERIODS = {"weekly": "1w", "week": "1w", "monthly": "1mo", "month": "1mo", "daily": "1d", "day": "1d", "session": "1d", "quarterly": "1q",
           "annual": "1y", "yearly": "1y"}  # fmt: skip
SIZES = "largest|biggest|best|worst|strongest|weakest|sharpest|steepest|greatest|highest|lowest"


class SuperlativeSays(Says):
    """The largest, highest or first of its kind: what moved (`change`) over a window or which extreme, and since when or in how long."""

    change: Words | None = None
    over: Quote | None = None
    extreme: Words | None = None
    first: Words | None = None
    since: Quote | None = None
    largest_in: Words | None = None
    rank: Number | None = None
    value: Number | None = None


def judge(case: Case, says: SuperlativeSays) -> Iterator[Part]:
    """Yield the verdicts on a superlative."""
    if says.first:
        yield from first_of_its_kind(case, says.first, says.change, says.over, says.since, says.largest_in)
    elif says.extreme and not says.change and PRICES.search(says.extreme):
        yield _best(_extremes(case, says))
    else:
        yield from _largest(case, says)


def _largest(case: Case, says: SuperlativeSays) -> Iterator[Part]:
    window = case.window(says.over or "1d")
    free, charted = case.bars(basis="adjusted", interval="1d"), case.bars(interval="1d")
    moves = moves_of_bars(free, charted, (_period(window),), case.day)
    if not moves or moves[0].change is None:
        yield undecidable(f"{case.market} has no two closes over {window.text!r}, or none above zero.", code="no_data")
        return
    told = f"{_length(window)} changes of {case.market} to {moves[0].end}, each compared with all earlier ones in its direction"
    for part in _moved(case, says, moves[0], window, free.session[0]):
        yield part.with_definition(told + _raw_told(moves[0]))


def _moved(case: Case, says: SuperlativeSays, move: Move, window: Window, begins: np.datetime64) -> Iterator[Part]:
    change, measured = float(move.change or 0.0), _measured(move)
    sign = direction_of(f"{says.change or ''} {says.extreme or ''}")
    if sign and change * sign <= 0:
        yield fails(
            f"It is no {says.change or says.extreme}: the move was {_shown(move, change)}", measured, code="wrong_side"
        )
        return
    if says.value is not None:
        figure = says.value.turned(sign or float(np.sign(change)))
        yield compared(figure, change, "The move", lambda v: _shown(move, v), name=f"change_{move.unit}")
    if says.rank is not None:
        yield compared(says.rank, float(move.rank or np.nan), "Its rank", lambda v: f"{v:.0f}", name="rank")
    if says.since or says.largest_in or (says.value is None and says.rank is None):
        word = "rise" if change > 0 else "fall"
        reach = Reach(f"{_shown(move, change)}, the largest {word}", move.largest_since, begins, _period(window))
        yield from _free_of_rolls(case, says, reach, measured, move.raw)


def _free_of_rolls(
    case: Case, says: SuperlativeSays, reach: Reach, measured: Measured, raw: RawMove | None
) -> Iterator[Part]:
    """Yield the verdict on prices free of roll gaps: a near miss where the front series with its roll gaps alone would bear the claim out."""
    for part in reaching(case, reach, says.since, says.largest_in, measured):
        charted = None if raw is None else Reach(f"{raw.change:+.4g}", raw.largest_since, reach.begins, reach.period)
        again = [] if charted is None else list(reaching(case, charted, says.since, says.largest_in, measured))
        if part.verdict == "fails" and again and all(p.verdict == "holds" for p in again):
            yield near_miss(f"{part.reason}; only the unadjusted series, roll gap and all, bears it out", part.measured, code="roll_artefact",
                            tolerance=part.tolerance)  # fmt: skip
        else:
            yield part


def _shown(move: Move, change: float) -> str:
    return f"{change:+.4g}{' bp' if move.unit == 'bp' else '%'}"


def _raw_told(move: Move) -> str:
    if move.raw is None:
        return ""
    since = "the beginning" if move.raw.largest_since is None else str(move.raw.largest_since)
    return f"; the unadjusted series, roll gap and all, says {_shown(move, move.raw.change)} and {since}"


def _measured(move: Move) -> Measured:
    since = None if move.largest_since is None else str(move.largest_since)
    return {f"change_{move.unit}": move.change, "largest_since": since, "rank": move.rank, "periods": move.periods}


def _period(window: Window) -> str:
    if window.unit in ("weeks", "months") and window.n == 1:
        return window.interval
    if window.unit == "to_date":
        return window.of if window.of in ("1w", "1mo") else "1mo"
    return f"{window.sessions}d"


def _length(window: Window) -> str:
    return {"1d": "daily", "1w": "calendar-week", "1mo": "calendar-month"}.get(
        _period(window), f"{window.sessions}-session"
    )


def _best(tried: list[Part]) -> Part:
    """Return the reading under which the claim holds; else the first, the usual one."""
    return next((p for p in tried if p.verdict == "holds"), tried[0])


def _extremes(case: Case, says: SuperlativeSays) -> list[Part]:
    """Judge the highest or lowest close, high or low since a day: of closes first where the claim does not say which."""
    words = says.extreme or ""
    is_low = bool(re.search(r"\b(lowest|low|weakest|trough|bottom)\b", words))
    names_close = re.search(r"clos|settle|finish|weekly|yield|level", words)
    names_trade = re.search(r"intraday|trade|\b(high|low)s?$", words) and not re.search(r"(highest|lowest)$", words)
    columns = (
        ["close"] if case.traded.is_close_only or names_close else ["trade"] if names_trade else ["close", "trade"]
    )
    return [_extreme(case, says, is_low, column) for column in columns]


def _extreme(case: Case, says: SuperlativeSays, is_low: bool, column: str) -> Part:
    bars, side = case.traded, -1.0 if is_low else 1.0
    values = bars.close if column == "close" else bars.low if is_low else bars.high
    last, now = last_beyond(values, bars.session, side), float(values[-1])
    what = "close" if column == "close" else "low" if is_low else "high"
    reach = Reach(
        f"{case.show(now)}, the {'lowest' if is_low else 'highest'} {what}", last, bars.session[0], case.interval
    )
    told = f"{what}s of {case.market} as charted, an equal one counts as one"
    measured: Measured = {"value": now, "since": None if last is None else str(last)}
    if says.value is not None:
        priced = compared(says.value, now, "The value", case.show)
        if priced.verdict != "holds":
            return priced.with_definition(told)
    if "record" in (says.extreme or "") and not says.since and not says.largest_in and last is not None:
        return fails(f"{reach.said}: no record", measured, code="larger_since", definition=told)
    (part,) = list(reaching(case, reach, says.since, None if says.since else says.largest_in, measured))
    return part.with_definition(told)


def _folded(key: str, value: object) -> Fields:
    """Read `best_since`, `highest_close_since`, `biggest_in`, `first_decline_since`, `largest: weekly fall`, `highest: close`."""
    beyond = re.fullmatch(r"first_close_(above|below)", key)
    if beyond:
        return {"first": f"close {beyond[1]} {value}"}
    found = re.fullmatch(r"(.+?)_(since|in)", key)
    if found:
        words = found[1].replace("_", " ")
        given: Fields = {"since" if found[2] == "since" else "largest_in": value}
        if words.startswith("first"):
            return given | ({"first": words[6:]} if words[6:] else {})
        return (
            given
            | ({"over": _period_in(words)} if _period_in(words) else {})
            | ({"extreme": words} if direction_of(words) or PRICES.search(words) else {})
        )
    if re.fullmatch(SIZES, key):
        return {"extreme": f"{key} {value}"}
    return {"extreme": key} if re.search(rf"({SIZES})_", key) and str(value).lower() in ("true", "yes") else {}


def _period_in(words: str) -> str | None:
    return next((PERIODS[w] for w in re.split(r"[\s_-]+", words.lower()) if w in PERIODS), None)


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Read `what: highest close`, a window in words such as weekly, and what the kind's own name says (`highest_close`)."""
    change, named = str(fields.get("change", "")), re.sub(r"[\s_-]+", " ", spoken.lower())
    if re.search(r"\b(highest|lowest)\b|\b(close|high|low)$", change.replace("_", " ")) and "extreme" not in fields:
        fields = {k: v for k, v in fields.items() if k != "change"} | {"extreme": change}
    if not {"change", "extreme", "first"} & set(fields):
        if named.startswith("first"):
            fields = fields | {"first": named.removeprefix("first ").removesuffix(" since")}
        elif re.search(rf"\b({SIZES})\b|record", named):
            fields = fields | {"extreme": named.removesuffix(" since")}
    extreme = str(fields.get("extreme", ""))
    period = _period_in(change) or (_period_in(extreme) if not re.search(r"clos|settle", extreme) else None)
    return fields | ({"over": period} if period and "over" not in fields else {})


def _worded(text: str) -> Fields:
    """Read "largest weekly decline since November" and "highest close in three months"."""
    tidy = re.sub(r"\s+", " ", text.lower())
    match = re.search(
        rf"\b(?P<what>(?:first|{SIZES}|record)\b.*?)(?:\s+(?P<how>since|in)\s+(?P<when>.+?))?[.!]?$", tidy
    )
    if not match:
        return {}
    when = {} if match["how"] is None else {"since" if match["how"] == "since" else "largest_in": match["when"]}
    what = match["what"]
    return when | ({"first": what.removeprefix("first ")} if what.startswith("first") else {"extreme": what})


SUPERLATIVE = ClaimKind(
    "superlative",
    SuperlativeSays,
    judge,
    bare="extreme",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    subject=("change", "over", "extreme", "first"),
    aliases=(
        "largest biggest record_move extreme first highest lowest best worst rarity highest_close lowest_close "
        "superlatives largest_move largest_gain "
        "largest_decline largest_fall largest_rise best_week worst_week best_day worst_day first_close first_time"
    ),
    names={
        "change": "direction move of",
        "extreme": "what measure superlative",
        "over": "window period frequency horizon per",
        "largest_in": "in longest_in",
        "value": "size by price amount",
        "rank": "ranked place",
        "since": "reference",
    },
)
