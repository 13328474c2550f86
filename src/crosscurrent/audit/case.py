"""A case: one claim with the data as they were known on its day, as a judge is handed it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from crosscurrent.audit.bench import Bench
from crosscurrent.audit.possible import impossible, intended, yardstick
from crosscurrent.audit.says import Says
from crosscurrent.audit.tolerance import Figure, price_figures
from crosscurrent.audit.verdicts import Part, fails
from crosscurrent.audit.when import Stretch, Window, stretch_of, window_of
from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.errors import RequestError
from crosscurrent.facts.fact import Fact
from crosscurrent.indicators.averages import average
from crosscurrent.structure.look import Look
from crosscurrent.units import Notation

__all__ = ["Case", "Impossible", "Price", "interval_of"]

INTERVALS = {
    "1d": "1d", "d": "1d", "daily": "1d", "day": "1d", "days": "1d", "1w": "1w", "w": "1w", "weekly": "1w", "week": "1w", "weeks": "1w",
    "1mo": "1mo", "m": "1mo", "1m": "1mo", "monthly": "1mo", "month": "1mo", "months": "1mo",
}  # fmt: skip
AVERAGE = re.compile(
    r"(?:the |its |falling |rising )*(?P<n>\d{1,3})[ -]?(?:(?P<unit>day|d|week|w|period|bar|session)s?)?[ -]?"
    r"(?P<kind>simple|exponential)?[ -]?(?P<what>sma|ema|dma|wma|ma|moving averages?|averages?)"
)
EXTREME = re.compile(
    r"(?:the |its )?(?P<when>.+?)(?:'s)? (?:record |swing )?(?P<what>high|low|peak|top|trough|bottom|close|open)s?"
)
RECORD = re.compile(r"(?:the |its )?(?:record|all[- ]time|ath|record[- ]setting)(?: (?P<what>high|low|peak|close))?s?")
YEARLY = re.compile(r"(?:the |its )?52[- ]?(?:week|w|wk) (?P<what>high|low)s?")


class Impossible(Exception):
    """A price in the claim lies where the market never traded: the verdict, whatever else it says."""

    def __init__(self, part: Part) -> None:
        super().__init__(part.reason)
        self.part = part


@dataclass(frozen=True, slots=True)
class Price:
    """A price that a claim names, as a figure, and how it was read where that had to be decided."""

    figure: Figure
    told: str = ""

    @property
    def value(self) -> float:
        """The price."""
        return self.figure.value


def interval_of(words: str | None) -> str:
    """Return the interval that a word names; `RequestError` for none."""
    if words is None:
        return "1d"
    if words not in INTERVALS:
        raise RequestError(f"{words[:20]!r} is no interval of bars here; claims are judged on 1d, 1w and 1mo.")
    return INTERVALS[words]


@dataclass(slots=True)
class Case:
    """What a judge is handed: the claim's fields, and the data until its day and no further.

    Parameters
    ----------
    bench
        Where bars and facts come from.
    markets
        The source's own names.
    day
        All closes labelled with this day or earlier are known.
    says
        The claim's fields.
    choice
        Which meaning an ambiguous price is given: 0 the first, 1 the second; `was_ambiguous` says whether any was.
    """

    bench: Bench
    markets: tuple[str, ...]
    day: np.datetime64
    says: Says
    choice: int = 0
    was_ambiguous: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)

    @property
    def market(self) -> str:
        """The first market."""
        return self.markets[0]

    @property
    def interval(self) -> str:
        """The interval that the claim speaks of; daily unless said."""
        return interval_of(self.says.interval)

    def bars(self, market: str | None = None, basis: Basis = "traded", interval: str | None = None) -> Bars:
        """Return a market's bars until the day, as charts show them unless asked otherwise."""
        return self.bench.bars(market or self.market, self.day, basis, interval or self.interval)

    @property
    def traded(self) -> Bars:
        """The first market's prices as charts show them."""
        return self.bars()

    @property
    def adjusted(self) -> Bars:
        """The first market's prices free of roll gaps."""
        return self.bars(basis="adjusted")

    @property
    def notation(self) -> Notation:
        """How the first market's prices are written."""
        return self.traded.instrument.notation

    @property
    def is_yield(self) -> bool:
        """Whether the first market is quoted as a yield."""
        return self.traded.instrument.quoted_as == "yield"

    @property
    def atr(self) -> float:
        """The average range at the last bar: the yardstick of near and far."""
        return yardstick(self.traded)

    @property
    def session(self) -> np.datetime64:
        """The last session known; the day itself for a claim that needs no market."""
        if not self.markets:
            return self.day
        found: np.datetime64 = self.traded.session[-1]
        return found

    def show(self, price: float) -> str:
        """Return a price as a chart of its market writes it."""
        return self.notation.format(price, "chart") if np.isfinite(price) else "undefined"

    def look(self, *kinds: str) -> Look:
        """Return what the detectors of these kinds see."""
        return self.bench.look(self.market, self.day, kinds, self.interval)

    def facts(self, *kinds: str, since: np.datetime64 | None = None, stage: str | None = None) -> list[Fact]:
        """Return the facts of these kinds known since a session, oldest first."""
        return self.look(*kinds).facts(*kinds, since=since, stage=stage)

    def back(self, sessions: int) -> np.datetime64:
        """Return the session so many bars before the last one, the last counted."""
        days = self.traded.session
        found: np.datetime64 = days[max(len(days) - sessions, 0)]
        return found

    def when(self, raw: object) -> Stretch:
        """Return the days that a text names."""
        return stretch_of(raw, self.session)

    def window(self, raw: object) -> Window:
        """Return the window that a text names."""
        return window_of(raw, self.session)

    def since(self, raw: object | None, default: int) -> np.datetime64:
        """Return the first session meant by a day ("2024-11"), a window ("10 sessions"), or so many sessions back."""
        if raw is None:
            return self.back(default)
        try:
            return self.when(raw).start
        except RequestError:
            window = self.window(raw)
            if window.unit == "since" and window.since is not None:
                return window.since
            return self.session - np.timedelta64(window.days, "D") if window.unit != "sessions" else self.back(window.n)

    def price(self, raw: str, what: str = "price") -> Price:
        """Return the price that a claim names, in figures or in words ("december high"); `Impossible` where none like it ever traded."""
        worded = self.worded(raw)
        if worded is not None:
            return worded
        meanings = price_figures(raw, self.notation)
        known = [m for m in meanings if not impossible(m.value, self.traded)]
        if not known:
            raise Impossible(self._impossible(raw, what))
        if len(known) > 1:
            self.was_ambiguous.append(f"{raw} may be {' or '.join(self.show(m.value) for m in known)}")
        chosen = known[min(self.choice, len(known) - 1)]
        told = f"{raw} was read as {self.show(chosen.value)}" if len(meanings) > 1 else ""
        if told and told not in self.about:
            self.about.append(told)
        return Price(chosen, told)

    def _impossible(self, raw: str, what: str) -> Part:
        year = self.traded.last(252)
        low, high = float(year.low.min()), float(year.high.max())
        meant = intended(raw, self.traded)
        offered = f" {self.show(meant)} ({meant:.10g}) was likely meant." if meant is not None else ""
        return fails(
            f"No such {what}: {self.market} never traded near {raw[:40]}; within the year before it traded from {self.show(low)} to "
            f"{self.show(high)}, last {self.show(float(year.close[-1]))}.{offered}",
            {"year_low": low, "year_high": high, "close": float(year.close[-1]), "intended": meant,
             "intended_text": None if meant is None else self.show(meant)},
            code="impossible_value", definition="a price is impossible farther than 12 ATR beyond all that traded within a year",
        )  # fmt: skip

    def worded(self, raw: str) -> Price | None:
        """Return a price that words name: an average, a record, or the high or low of a month, a day or a year; None when they name none."""
        tidy = re.sub(r"\s+", " ", raw.strip().lower())
        if tidy == "parity":
            return Price(Figure(raw, 1.0, 1e-9), "")
        found = _averaged(tidy, self) or _recorded(tidy, self) or _extreme(tidy, self)
        if found is None:
            return None
        value, told = found
        half = max(self.notation.tick / 2, 1e-9)
        return Price(Figure(raw, value, half), f"{raw} is {self.show(value)} ({told})")


def _averaged(tidy: str, case: Case) -> tuple[float, str] | None:
    match = AVERAGE.fullmatch(tidy)
    if not match:
        return None
    interval = "1w" if (match["unit"] or "").startswith("w") else case.interval
    bars = case.bars(interval=interval)
    is_ema = match["what"] == "ema" or match["kind"] == "exponential"
    value = float(average(bars.close, int(match["n"]), is_ema)[-1])
    return (
        (value, f"the {'exponential' if is_ema else 'simple'} average of {match['n']} closes")
        if np.isfinite(value)
        else None
    )


def _recorded(tidy: str, case: Case) -> tuple[float, str] | None:
    record, yearly = RECORD.fullmatch(tidy), YEARLY.fullmatch(tidy)
    found = record or yearly
    if not found:
        return None
    bars = case.traded if record else case.traded.last(252)
    what = found["what"] or "high"
    value = float(bars.low.min() if what == "low" else bars.close.max() if what == "close" else bars.high.max())
    return value, f"the {what} of {'all' if record else 'a year of'} bars"


def _extreme(tidy: str, case: Case) -> tuple[float, str] | None:
    match = EXTREME.fullmatch(tidy)
    if not match:
        return None
    try:
        span = case.when(match["when"])
    except RequestError:
        return None
    bars = case.traded
    at = np.flatnonzero((bars.session >= span.start) & (bars.session <= span.end))
    if not len(at):
        return None
    values: Iterable[float] = {
        "high": bars.high, "peak": bars.high, "top": bars.high, "close": bars.close[at[-1:]], "open": bars.open[at[:1]],
    }.get(match["what"], bars.low)  # fmt: skip
    column = np.asarray(values)
    picked = column if len(column) == 1 else column[at]
    value = float(picked.min() if match["what"] in ("low", "trough", "bottom") else picked.max())
    return value, f"between {bars.session[at[0]]} and {bars.session[at[-1]]}"
