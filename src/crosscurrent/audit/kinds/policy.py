"""The policy path: cuts priced in, the rate implied for a date, the odds of a meeting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, dated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Number, Quote, Says, Words
from crosscurrent.audit.verdicts import Part, undecidable
from crosscurrent.audit.when import Stretch, stretch_of
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.rates import Rates, rates
from crosscurrent.markets import find

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["POLICY_PATH"]

STEP = 25.0
FAR = np.timedelta64(75, "D")
"""A point of the path further than this from the date claimed says nothing about it."""


class PolicySays(Says):
    """What is priced in: cuts in basis points or in number until a date, the implied rate, or the odds of an outcome of a meeting."""

    cuts: Number | None = None
    cuts_bp: Number | None = None
    rate: Number | None = None
    by: Quote | None = None
    meeting: Quote | None = None
    probability: Number | None = None
    outcome: Words | None = None


def judge(case: Case, says: PolicySays) -> Iterator[Part]:
    """Yield the verdicts on the policy path."""
    path = _path(case)
    if says.probability is not None:
        yield _odds(case, says, path)
    if says.cuts is not None or says.cuts_bp is not None or says.rate is not None:
        yield from _priced(case, says, path)
    if all(v is None for v in (says.probability, says.cuts, says.cuts_bp, says.rate)):
        yield undecidable("The claim names no cuts, no rate and no probability.", code="says_nothing")


def _path(case: Case) -> Rates:
    source = case.bench.source
    held = [m for m in source.markets() if (one := find(m)) is not None and one.asset_class == "policy"]
    names = [m for m in (*held, "DFF") if m in source.markets() and case.bench.whole(m).session[0] <= case.day]
    fresh = {
        m: bars
        for m in names
        if len(bars := case.bench.bars(m, case.day, interval="1d"))
        and case.day - bars.session[-1] <= np.timedelta64(7, "D")
    }
    snapshot = Snapshot(case.day, fresh)
    return rates(
        snapshot,
        [],
        contracts=_table(case, "contracts"),
        meetings=_table(case, "meetings"),
        implied=[m for m in fresh if "IMPLIED" in m],
        implied_path=_table(case, "probabilities"),
    )


def _table(case: Case, shape: str) -> pd.DataFrame | None:
    import pandas as pd

    tables = case.bench.source.tables(shape)
    return pd.concat([pd.DataFrame(dict(t.columns)) for t in tables], ignore_index=True) if tables else None


def _priced(case: Case, says: PolicySays, path: Rates) -> Iterator[Part]:
    span = _until(case, says)
    near = [p for p in path.path if abs(p.date - span.end) <= FAR]
    ends = [y for y in path.year_ends if str(span.end).startswith(str(y.year)) and str(span.end)[5:7] == "12"]
    points = [
        (p.implied_rate, p.cuts_bp, f"{p.source}, {p.date}") for p in sorted(near, key=lambda p: abs(p.date - span.end))
    ]
    points = [(y.implied_rate, y.cuts_bp, y.source) for y in ends] + points
    if case.is_yield and "IMPLIED" in case.market:
        points = sorted(points, key=lambda p: case.market not in p[2])
    if not points:
        why = "; ".join(path.gaps) or "nothing tells the path"
        yield undecidable(f"No data: no rate implied for {span.text} was known on {case.day} ({why})", code="no_data")
        return
    rate, cuts, source = points[0]
    told = (
        f"rate implied by {source}; cuts are counted from {path.now.rate:.2f}% ({path.now.source})"
        if path.now
        else f"rate implied by {source}"
    )
    if says.rate is not None:
        yield compared(says.rate, rate, "The implied rate", lambda v: f"{v:.3f}%", definition=told, name="implied_rate")
    if cuts is None and (says.cuts is not None or says.cuts_bp is not None):
        yield undecidable(
            "The policy rate of the day is not in the data: cuts cannot be counted",
            {"implied_rate": rate},
            code="no_data",
            definition=told,
        )
        return
    if says.cuts_bp is not None and cuts is not None:
        yield compared(
            says.cuts_bp, cuts, "Cuts priced in", lambda v: f"{v:.1f} bp", near=2.5, definition=told, name="cuts_bp"
        )
    if says.cuts is not None and cuts is not None:
        in_bp = says.cuts.unit == "bp" or says.cuts.value > 12
        yield compared(
            says.cuts,
            cuts if in_bp else cuts / STEP,
            "Cuts priced in",
            (lambda v: f"{v:.1f} bp") if in_bp else (lambda v: f"{v:.2f} cuts of 25 bp"),
            near=2.5 if in_bp else 0.0,
            definition=told,
            name="cuts",
        )


def _until(case: Case, says: PolicySays) -> Stretch:
    """Return the date until which cuts are counted: as said, else the month in the market's name, else the end of the year."""
    raw = says.by or says.meeting
    if raw is None:
        found = re.search(r"([A-Z]{3})(\d\d)_IMPLIED", case.market)
        raw = f"{found[1].title()} 20{found[2]}" if found else f"{str(case.day)[:4]}-12"
    tidy = re.sub(r"^(?:by|until|through|for|in|before)\s+", "", raw.strip().lower())
    tidy = re.sub(r"^(?:the )?(?:end of(?: the)? ?year|year[- ]?end|this year)$", f"{str(case.day)[:4]}-12", tidy)
    tidy = re.sub(r"^(?:the )?end of (\d{4})$|^year[- ]end (\d{4})$", lambda m: f"{m[1] or m[2]}-12", tidy)
    if re.fullmatch(r"\d{4}", tidy):
        tidy += "-12"
    names_its_year = re.search(r"\d{4}", tidy) is not None
    return stretch_of(tidy, case.session if names_its_year else case.session + np.timedelta64(366, "D"))


def _odds(case: Case, says: PolicySays, path: Rates) -> Part:
    if not path.meetings:
        return undecidable("No data: no meeting and no fed funds future is known for that day", code="no_data")
    asked = _until(case, says) if says.meeting or says.by else None
    row = (
        path.meetings[0]
        if asked is None
        else next((m for m in path.meetings if asked.start - 2 <= m.date <= asked.end + 2), None)
    )
    if row is None:
        return undecidable(
            f"No meeting in {says.meeting!r} was announced by {case.day}; the next ones are"
            f" {', '.join(dated(m.date) for m in path.meetings[:3])}",
            code="no_data",
        )
    if row.probabilities is None:
        return undecidable(f"The odds of the meeting of {dated(row.date)} are not known: {row.reason}", code="no_data")
    words = says.outcome or "cut"
    hike, cut = row.hike or 0.0, row.cut or 0.0
    named = re.search(r"([0-9]\.[0-9]{2})\s*(?:-|–|to)?\s*([0-9]\.[0-9]{2})?", words)
    if named:
        value = next((p for name, p in row.probabilities.items() if name.startswith(named[1])), 0.0)
    elif re.search(r"hike|raise|increase|rise|up", words):
        value = hike
    elif re.search(r"hold|no change|unchanged|pause|steady|no move|skip", words):
        value = 1.0 - hike - cut
    elif re.search(r"cut|ease|lower|reduc|down", words):
        value = cut
    else:
        raise RequestError(
            f"outcome: {words[:40]!r} is no outcome here; say cut, hike, hold or a range such as 4.75-5.00."
        )
    figure = says.probability
    assert figure is not None
    figure = figure.scaled(0.01) if figure.unit == "pct" or figure.value > 1 else figure
    told = f"odds by the method that CME publishes, from fed funds futures, meeting of {dated(row.date)}"
    return compared(
        figure,
        value,
        f"The probability of {words}",
        lambda v: f"{v:.1%}",
        near=0.03,
        definition=told,
        name="probability",
    )


POLICY_PATH = ClaimKind(
    "policy_path",
    PolicySays,
    judge,
    bare="cuts",
    markets=0,
    subject=("by", "meeting", "outcome"),
    aliases=(
        "policy rate_cuts cuts_priced cuts fed_pricing fedwatch rate_path meeting_probability fed_funds "
        "rate_expectations cuts_priced_in meeting implied_rate fed_path fomc hike_probability "
        "cut_probability fed"
    ),
    names={
        "cuts": "priced number number_of_cuts cuts_priced",
        "cuts_bp": "easing bp basis_points bps easing_bp priced_in cuts_priced_bp",
        "rate": "implied_rate implied value expected_rate",
        "by": "until end date_of horizon for_date year month",
        "probability": "odds chance prob p",
        "outcome": "decision action move of target_range range",
        "meeting": "meeting_date fomc",
    },
    folded=lambda key, value: (
        {"probability": value, "outcome": key.split("_")[0]}
        if key in ("cut_probability", "hike_probability", "hold_probability")
        else {}
    ),
    prepared=lambda fields, spoken: (
        (
            {"outcome": "hike"}
            if "hike" in spoken.lower()
            else {"outcome": "cut"}
            if "cut_prob" in spoken.lower().replace(" ", "_")
            else {}
        )
        | fields
    ),
)
