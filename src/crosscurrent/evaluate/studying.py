"""Study a universe: every market's cases sampled, in this process or in several, whatever is kept already passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import CrosscurrentError
from crosscurrent.evaluate.questions import Questions
from crosscurrent.evaluate.samples import Design, Sample, samples
from crosscurrent.evaluate.universe import markets_in
from crosscurrent.sources import open_source
from crosscurrent.sources.source import Gap

__all__ = ["Asked", "study_all"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is studied: the data, the markets (all when none is named), the last session, the kinds (all when None), the filter."""

    data: str
    markets: tuple[str, ...] = ()
    until: str | None = None
    kinds: tuple[str, ...] | None = None
    filter_market: str | None = None


@dataclass(frozen=True, slots=True)
class _Sampled:
    market: str
    samples: tuple[Sample, ...]
    bars: str


def study_all(
    asked: Asked,
    design: Design,
    into: Questions,
    gaps: list[Gap],
    workers: int = 1,
    told: Callable[[str], None] = lambda market: None,
) -> None:
    """Put the samples of every market into a study's questions, in the order of the markets however many processes make them.

    What is left out and why is put into `gaps`. `told` is called with each market's name. Markets whose bars the questions know by
    their checksum are passed over.
    """
    for found in _sampled_by(asked, design, gaps, dict(into.markets), workers):
        told(found.market)
        into.put(found.market, found.samples, found.bars)


def _sampled_by(
    asked: Asked, design: Design, gaps: list[Gap], known: dict[str, str], workers: int
) -> Iterator[_Sampled]:
    if workers == 1 or asked.markets:
        yield from _sampled(asked, asked.markets, design, gaps, known)
        return
    each = partial(_alone, asked, design, known)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for found, missing in pool.map(each, open_source(asked.data).markets()):
            gaps += missing
            yield from found


def _alone(asked: Asked, design: Design, known: dict[str, str], market: str) -> tuple[list[_Sampled], list[Gap]]:
    gaps: list[Gap] = []
    try:
        return list(_sampled(asked, (market,), design, gaps, known)), gaps
    except CrosscurrentError as fault:
        return [], [Gap(market, fault.sentence)]


def _sampled(
    asked: Asked, markets: tuple[str, ...], design: Design, gaps: list[Gap], known: dict[str, str]
) -> Iterator[_Sampled]:
    def has(market: str, bars: Bars) -> bool:
        return known.get(market) == bars.sha256

    for entered in markets_in(asked.data, markets, asked.until, asked.kinds, asked.filter_market, gaps, has):
        found = tuple(samples(entered.market, design, entered.filtered))
        yield _Sampled(entered.market.name, found, entered.traded.sha256)
