"""The bench: a source's markets as they were known on the days that claims speak of, each computed once for the whole document."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from crosscurrent.audit.names import Named, market_of
from crosscurrent.bars.bars import Bars, Basis
from crosscurrent.bars.continuous import adjusted
from crosscurrent.bars.panel import pair
from crosscurrent.bars.resample import monthly, weekly
from crosscurrent.bars.snapshot import Snapshot
from crosscurrent.errors import RequestError
from crosscurrent.intermarket.correlation import Correlation, Side, correlate, sides_of
from crosscurrent.intermarket.rolling import correlation
from crosscurrent.markets.symbology import SAME
from crosscurrent.sources.source import Source
from crosscurrent.structure import DETECTORS
from crosscurrent.structure.look import Look, look_at

__all__ = ["Bench"]

HISTORY = 1500
"""Sessions of history on which chart structure is looked for: what is older than six years is on nobody's chart."""


class Bench:
    """What judges ask of a source; every answer is kept, since a note says many things of few markets on few days."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._whole: dict[tuple[str, Basis, str], Bars] = {}
        self._cut: dict[tuple[str, Basis, str, np.datetime64], Bars] = {}
        self._looks: dict[tuple[str, str, np.datetime64, frozenset[str]], Look] = {}
        self._names: dict[tuple[str, np.datetime64 | None], Named] = {}
        self._sides: dict[tuple[str, str, np.datetime64], tuple[Side, Side]] = {}
        self._correlations: dict[tuple[str, str, int, np.datetime64], Correlation] = {}

    def named(self, text: str, as_of: np.datetime64 | None) -> Named:
        """Return the market that a text names; `UnknownName` when the source has none."""
        key = (text, as_of)
        if key not in self._names:
            self._names[key] = market_of(self.source, text, as_of)
        return self._names[key]

    def whole(self, market: str, basis: Basis = "traded", interval: str = "1d") -> Bars:
        """Return a market's whole history, what came after a claim's date included."""
        key = (market, basis, interval)
        if key not in self._whole:
            self._whole[key] = self._made(market, basis, interval)
        return self._whole[key]

    def _made(self, market: str, basis: Basis, interval: str) -> Bars:
        if interval != "1d":
            days = self.whole(market, basis)
            if interval not in ("1w", "1mo"):
                raise RequestError(f"There are no {interval} bars; claims are judged on 1d, 1w and 1mo.")
            return weekly(days) if interval == "1w" else monthly(days)
        traded = self.source.bars(market)
        return adjusted(traded, self._reference(traded)) if basis == "adjusted" else traded

    def _reference(self, traded: Bars) -> Bars | None:
        wanted = traded.instrument.reference
        symbols = (wanted, *(other for pair in SAME for other in pair if wanted in pair))
        here = self.source.markets()
        return next((self.source.bars(s) for s in symbols if s is not None and s in here), None)

    def bars(self, market: str, day: np.datetime64, basis: Basis = "traded", interval: str = "1d") -> Bars:
        """Return what was known of a market on a day; weeks and months are made of the days known by then."""
        key = (market, basis, interval, day)
        if key not in self._cut:
            if interval == "1d":
                # That adjusted history never changes when later bars come is a rule of the house, so the cut may come last.
                self._cut[key] = self.whole(market, basis).until(day)
            elif interval in ("1w", "1mo"):
                days = self.bars(market, day, basis)
                self._cut[key] = weekly(days) if interval == "1w" else monthly(days)
            else:
                raise RequestError(f"There are no {interval} bars; claims are judged on 1d, 1w and 1mo.")
        return self._cut[key]

    def look(self, market: str, day: np.datetime64, kinds: Iterable[str], interval: str = "1d") -> Look:
        """Return what the detectors of these kinds of fact see in the years before a day."""
        wanted = frozenset(kinds)
        key = (market, interval, day, wanted)
        if key not in self._looks:
            chosen = [d for d in DETECTORS if wanted & set(d.layout.kinds)]
            traded, free = (self.bars(market, day, basis, interval).last(HISTORY) for basis in ("traded", "adjusted"))
            self._looks[key] = look_at(traded, free, chosen)
        return self._looks[key]

    def snapshot(self, markets: Iterable[str], day: np.datetime64) -> Snapshot:
        """Return these markets, and the references of futures among them, as they were known on a day."""
        held: dict[str, Bars] = {}
        for market in markets:
            held[market] = self.bars(market, day)
            reference = self._reference(held[market])
            if reference is not None:
                held.setdefault(reference.market, self.bars(reference.market, day))
        return Snapshot(day, held)

    def correlation(self, a: str, b: str, window: int, day: np.datetime64) -> Correlation:
        """Return how two markets moved together over a window until a day, beside chance."""
        key = (a, b, window, day)
        if key not in self._correlations:
            self._correlations[key] = correlate(self.snapshot((a, b), day), a, b, window)
        return self._correlations[key]

    def correlation_figures(self, a: str, b: str, window: int, day: np.datetime64) -> dict[str, float]:
        """Return the correlations of levels and of changes over a window without asking what chance would show, which is what takes time."""
        places = np.arange(-window - 1, 0)
        first, second = (side.at(places) for side in self._sides_of(a, b, day))
        levels = correlation(first.levels[1:], second.levels[1:])
        return {"levels": levels, "changes": correlation(first.changes(), second.changes())}

    def _sides_of(self, a: str, b: str, day: np.datetime64) -> tuple[Side, Side]:
        key = (a, b, day)
        if key not in self._sides:
            known = self.snapshot((a, b), day)
            self._sides[key] = sides_of(known, pair(known.traded(a), known.traded(b)))
        return self._sides[key]
