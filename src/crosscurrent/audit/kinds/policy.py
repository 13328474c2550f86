"""The policy path: cuts priced in, the rate implied for a date and its change, the odds of a meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated, direction_of, first_that_fits, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Number, Quote, Says, Words
from crosscurrent.audit.tolerance import Figure, spelling
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.audit.when import Stretch, starts_of, stretch_of
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rates import Rates, rates
from crosscurrent.markets import find

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POLICY_PATH"]

STEP = 25.0
MOST_CUTS = 12
"""A number of cuts above this is one of basis points."""
FAR = np.timedelta64(75, "D")
"""A point of the path further than this from the date claimed says nothing about it."""
STALE = np.timedelta64(7, "D")
YEAR = np.timedelta64(366, "D")
NEAR_BP, NEAR_ODDS = 2.5, 0.03
OUTCOMES = (
    ("hike", r"hike|rais|increase|rise|up|tighten"),
    ("hold", r"hold|no change|unchanged|pause|steady|no move|skip|stand pat"),
    ("cut", r"cut|ease|easing|lower|reduc|down"),
)


class PolicySays(Says):
    """What is priced in: cuts in basis points or in number until a date, the implied rate or its change, or the odds of a meeting's outcome."""

    cuts: Number | None = None
    cuts_bp: Number | None = None
    rate: Number | None = None
    change: Number | None = None
    over: Quote = "1w"
    direction: Words | None = None
    by: Quote | None = None
    meeting: Quote | None = None
    probability: Number | None = None
    outcome: Words | None = None


def judge(case: Case, says: PolicySays) -> Iterator[Part]:
    """Yield the verdicts on the policy path."""
    if says.change is not None or says.direction:
        yield _changed(case, says)
    path = _path(case)
    if says.probability is not None:
        yield _odds(case, says, says.probability, path)
    if says.cuts is not None or says.cuts_bp is not None or says.rate is not None:
        yield from _priced(case, says, path)


def _changed(case: Case, says: PolicySays) -> Part:
    """Judge the change of an implied rate that is a market of its own."""
    if not case.markets or not case.is_yield:
        return undecidable(
            "The change of the path is judged of an implied-rate series; the claim names none.", code="no_data"
        )
    bars, sign = case.traded, direction_of(says.direction)
    tried = [
        (round(100.0 * float(bars.close[-1] - bars.close[k]), 6), how)
        for k, how in starts_of(bars.session, case.window(says.over))
    ]
    if says.change is None:
        value, how = next(((v, h) for v, h in tried if v * sign > 0), tried[0])
        moved = stated(value * sign > 0, f"It moved {value:+.1f} bp", {"change_bp": value}, code="wrong_side")
        return moved.with_definition(how)
    figure = says.change.turned(sign) if sign else says.change
    part = first_that_fits(figure, tried, "The change", lambda v: f"{v:+.1f} bp", name="change_bp")
    return part.with_definition(f"change of {case.market} to {bars.session[-1]}")


def _path(case: Case) -> Rates:
    source, bench = case.bench.source, case.bench
    held = [m for m in source.markets() if (one := find(m)) is not None and one.asset_class == "policy"]
    names = [m for m in (*held, "DFF") if m in source.markets() and bench.whole(m).session[0] <= case.day]
    known = {m: bench.bars(m, case.day) for m in names}
    fresh = {m: bars for m, bars in known.items() if case.day - bars.session[-1] <= STALE}
    contracts, meetings, implied = (_table(case, shape) for shape in ("contracts", "meetings", "probabilities"))
    series = [m for m in fresh if "IMPLIED" in m]
    return rates(
        Snapshot(case.day, fresh), [], contracts=contracts, meetings=meetings, implied=series, implied_path=implied
    )


def _table(case: Case, shape: str) -> pd.DataFrame | None:
    import pandas as pd

    tables = case.bench.source.tables(shape)
    return pd.concat([pd.DataFrame(dict(t.columns)) for t in tables], ignore_index=True) if tables else None


def _priced(case: Case, says: PolicySays, path: Rates) -> Iterator[Part]:
    span = _until(case, says)
    point = _point(case, path, span)
    if point is None:
        why = "; ".join(path.gaps) or "nothing tells the path"
        yield undecidable(f"No data: no rate implied for {span.text} was known on {case.day} ({why})", code="no_data")
        return
    rate, cuts, source = point
    now = f"; cuts are counted from {path.now.rate:.2f}% ({path.now.source})" if path.now else ""
    for part in _points(says, rate, cuts):
        yield part.with_definition(f"rate implied by {source}{now}")


def _point(case: Case, path: Rates, span: Stretch) -> tuple[float, float | None, str] | None:
    """Return rate, cuts and source of the point of the path nearest to a date; the market that the claim names goes before others."""
    ends = [y for y in path.year_ends if str(span.end)[:7] == f"{y.year}-12"]
    near = sorted((p for p in path.path if abs(p.date - span.end) <= FAR), key=lambda p: abs(p.date - span.end))
    points = [(y.implied_rate, y.cuts_bp, y.source) for y in ends] + [
        (p.implied_rate, p.cuts_bp, f"{p.source}, {p.date}") for p in near
    ]
    named = next((m for m in case.markets if "IMPLIED" in m), None)
    return min(points, key=lambda p: named is not None and named not in p[2], default=None)


def _points(says: PolicySays, rate: float, cuts: float | None) -> Iterator[Part]:
    if says.rate is not None:
        yield compared(says.rate, rate, "The implied rate", lambda v: f"{v:.3f}%", name="implied_rate")
    for figure in (says.cuts_bp, says.cuts):
        if figure is None:
            continue
        if cuts is None:
            yield undecidable(
                "The policy rate of the day is not in the data: cuts cannot be counted",
                {"implied_rate": rate},
                code="no_data",
            )
        elif figure is says.cuts_bp or figure.unit == "bp" or figure.value > MOST_CUTS:
            yield compared(figure, cuts, "Cuts priced in", lambda v: f"{v:.1f} bp", near=NEAR_BP, name="cuts_bp")
        else:
            yield compared(figure, cuts / STEP, "Cuts priced in", lambda v: f"{v:.2f} cuts of 25 bp", name="cuts")


def _until(case: Case, says: PolicySays) -> Stretch:
    """Return the date until which cuts are counted: as said, else the month in the market's name, else the end of the year."""
    raw, this_year = says.by or says.meeting, str(case.day)[:4]
    if raw is None:
        named = re.search(r"([A-Z]{3})(\d\d)_IMPLIED", " ".join(case.markets))
        raw = f"{named[1].title()} 20{named[2]}" if named else f"{this_year}-12"
    tidy = (
        re.sub(r"^(?:by|until|through|for|in|before|at)\s+", "", raw.strip().lower())
        .removesuffix(" meeting")
        .removesuffix(" fomc")
    )
    tidy = re.sub(r"^(?:the )?(?:end of(?: the)? ?year|year[- ]?end|this year)$", f"{this_year}-12", tidy)
    tidy = re.sub(
        r"^(?:the )?end of (\d{4})$|^(?:year[- ]end )?(\d{4})(?: year[- ]end)?$", lambda m: f"{m[1] or m[2]}-12", tidy
    )
    names_its_year = re.search(r"\d{4}", tidy) is not None
    return stretch_of(tidy, case.day if names_its_year else case.day + YEAR)


def _odds(case: Case, says: PolicySays, figure: Figure, path: Rates) -> Part:
    if not path.meetings:
        return undecidable("No data: no meeting and no fed funds future is known for that day", code="no_data")
    is_next = (says.meeting or says.by or "next").strip().lower() in ("next", "next meeting", "the next meeting")
    asked = None if is_next else _until(case, says)
    row = next((m for m in path.meetings if asked is None or asked.start - 2 <= m.date <= asked.end + 2), None)
    if row is None:
        coming = ", ".join(dated(m.date) for m in path.meetings[:3])
        return undecidable(
            f"No meeting in {says.meeting!r} was announced by {case.day}; the next ones are {coming}", code="no_data"
        )
    if row.probabilities is None:
        return undecidable(f"The odds of the meeting of {dated(row.date)} are not known: {row.reason}", code="no_data")
    words = says.outcome or "cut"
    value = _chance_of(words, row.hike or 0.0, row.cut or 0.0, row.probabilities)
    figure = figure.scaled(0.01) if figure.unit == "pct" or figure.value > 1 else figure
    told = f"odds by the method that CME publishes, from fed funds futures, meeting of {dated(row.date)}"
    return compared(
        figure,
        value,
        f"The probability of {words}",
        lambda v: f"{v:.1%}",
        near=NEAR_ODDS,
        definition=told,
        name="probability",
    )


def _chance_of(words: str, hike: float, cut: float, ranges: Mapping[str, float]) -> float:
    """Return the probability of an outcome: a target range by its lower end, or a hike, a cut, no change."""
    named = re.search(r"([0-9]\.[0-9]{2})", words)
    if named:
        return next((p for name, p in ranges.items() if name.startswith(named[1])), 0.0)
    outcome = next((name for name, pattern in OUTCOMES if re.search(pattern, words)), None)
    if outcome is None:
        raise RequestError(
            f"outcome: {words[:40]!r} is no outcome here; say cut, hike, hold or a range such as 4.75-5.00."
        )
    return {"hike": hike, "cut": cut, "hold": 1.0 - hike - cut}[outcome]


def _folded(key: str, value: object) -> Fields:
    """Read `cut_probability: 0.7`, `hike: 71%`, `hold_odds: 30%`."""
    outcome = (
        key.removesuffix("_probability").removesuffix("_odds").removesuffix("_chance").removeprefix("probability_of_")
    )
    if outcome in ("cut", "hike", "hold", "pause", "a_cut", "a_hike", "no_change"):
        return {"probability": value, "outcome": outcome.removeprefix("a_").replace("_", " ")}
    return {}


def _prepared(fields: Fields, spoken: str) -> Fields:
    """Let the kind's own name say the outcome, and read a change said as a decline."""
    words = spoken.lower().replace("_", " ")
    outcome = next(
        (name for name in ("hike", "hold", "cut") if f"{name} prob" in words or f"{name} odds" in words), None
    )
    change = spelling(fields.get("change", ""))
    if change and not re.search(r"\d", change):
        said_as = "outcome" if "probability" in fields else "direction"
        fields = {k: v for k, v in fields.items() if k != "change"} | {said_as: change}
    return ({"outcome": outcome} if outcome else {}) | fields


def _worded(text: str) -> Fields:
    """Read "71% chance of a hike in May", "two cuts by December", "38 bp of easing this year"."""
    tidy = text.lower()
    odds = re.search(
        r"(\d+(?:\.\d+)?\s*%)\s+(?:chance|probability|odds)(?: of)?(?: an?)?\s+([\w ]+?)(?:\s+(?:at|in|on)\s+(?:the\s+)?([\w ]+?))?[.!]?$",
        tidy,
    )
    if odds:
        return {"probability": odds[1], "outcome": odds[2]} | ({"meeting": odds[3]} if odds[3] else {})
    until = re.search(r"\b(?:by|until|in|for)\s+((?:year[- ]end|the end of \d{4}|\d{4}|[a-z]+(?: \d{4})?))", tidy)
    priced = re.search(r"(\w+(?:\.\d+)?)\s*(bps?|basis points?|cuts?)", tidy)
    return ({"by": until[1]} if until else {}) | (
        {} if not priced else {"cuts": f"{priced[1]}{' bp' if priced[2].startswith('b') else ''}"}
    )


POLICY_PATH = ClaimKind(
    "policy_path",
    PolicySays,
    judge,
    bare="cuts",
    worded=_worded,
    folded=_folded,
    prepared=_prepared,
    markets=0,
    tables=True,
    subject=("by", "meeting", "outcome", "over"),
    aliases=(
        "policy rate_cuts cuts_priced cuts fed_pricing fedwatch rate_path meeting_probability fed_funds "
        "rate_expectations cuts_priced_in meeting "
        "implied_rate fed_path fomc hike_probability cut_probability hold_probability fed fed_funds_futures rate_cut_expectations"
    ),
    names={
        "cuts": "priced number number_of_cuts cuts_priced priced_in cuts_priced_in",
        "cuts_bp": "easing bp basis_points bps easing_bp cuts_priced_bp priced_in_bp",
        "rate": "implied_rate implied value expected_rate level",
        "change": "move change_bp",
        "over": "window period",
        "by": "until end date_of horizon for_date year month to",
        "probability": "odds chance prob p",
        "outcome": "decision action of target_range range",
        "meeting": "meeting_date fomc date",
    },
)
