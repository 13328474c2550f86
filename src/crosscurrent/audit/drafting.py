"""Claims drafted from prose: the field's stock phrases become proposals, each with its sentence; nothing is decided here.

The reader knows phrases, not English. A sentence speaks of the market it names, or of the one spoken of last in its section; what has a
figure or a term of the field in it and matches no phrase is listed as not understood, so that a person can look.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from crosscurrent.audit.document import shown
from crosscurrent.audit.phrases import NUMBER, PHRASES, Reading, setup_tail, this_level

__all__ = ["Draft", "Proposal", "draft", "sentences_of"]

LONGEST = 400_000
LONGEST_SENTENCE = 800
"""What is longer is no sentence of a note."""
TERMS = re.compile(
    r"\b(correlat|basis points|\d+ ?bps?\b|breakout|broke|resistance|support|moving average|rsi|macd|candle|star\b|hammer|wedge|triangle|trendline|"
    r"downtrend|uptrend|record|largest|biggest|highest|lowest|stop|target|volume|overbought|oversold|fibonacci|pivot|gap)",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"\b(risk|money rapidly|registered|regulated|licen[cs]e|cookies|trademark|disclaimer|"
    r"not intended for|liability|solicitation|advice|written by|source:|\bfollow\b|@\w+|inducements|jurisdiction|"
    r"consent|third party|©|click|subscribe|copyright)",
    re.IGNORECASE,
)
MARKETS: tuple[tuple[str, str], ...] = (
    (r"nasdaq(?: 100)? futures|nasdaq futures", "NQ"),
    (r"s&p(?: 500)? (?:e-?mini )?futures|e-?minis?\b", "ES"),
    (r"russell(?: 2000)? futures", "RTY"),
    (r"dow(?: jones)? futures", "YM"),
    (
        r"10[- ]year (?:treasury )?note(?: futures)?|t-notes?|bond futures|note futures|us benchmark notes|treasury note futures",
        "ZN",
    ),
    (r"30[- ]year yields?|30[- ]year treasury yields?", "DGS30"),
    (r"(?:us )?10[- ]year yields?|10[- ]year treasury yields?", "DGS10"),
    (r"2[- ]year yields?", "DGS2"),
    (r"5[- ]year yields?", "DGS5"),
    (r"rate cut expectations|2025 fed rate", "FED_DEC25_IMPLIED"),
    (r"nasdaq(?: 100)?", "NQ"),
    (r"russell(?: 2000)?", "RTY"),
    (r"s&p(?: 500)?|us stocks?|us stock market|wall street", "SPX"),
    (r"\bdow\b", "YM"),
    (r"\bgold\b|xau", "GC"),
    (r"\bsilver\b|xag", "SI"),
    (r"crude|\bwti\b|\boil\b", "CL"),
    (r"natural gas|nat gas", "NG"),
    (r"copper", "HG"),
    (r"eur/?usd|\beuro\b", "EURUSD"),
    (r"usd/?jpy|\byen\b", "USDJPY"),
    (r"dollar index|\bdxy\b|us dollar|greenback", "DXY"),
    (r"bitcoin|\bbtc\b", "BTCUSD"),
    (r"\bvix\b", "VIX"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim that a sentence seems to make, for a person to accept, change or drop."""

    id: str
    kind: str
    markets: tuple[str, ...]
    says: dict[str, Any]
    sentence: str
    as_of: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the claim as a document of claims writes it."""
        several = {"markets": list(self.markets)} if self.markets else {}
        market: dict[str, Any] = {"market": self.markets[0]} if len(self.markets) == 1 else several
        day = {"as_of": self.as_of} if self.as_of else {}
        return {"id": self.id, "kind": self.kind, **market, **day, "says": self.says, "sentence": self.sentence}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a text seems to claim, and the sentences with figures or terms of the field that no phrase matched."""

    claims: tuple[Proposal, ...]
    not_understood: tuple[str, ...]
    as_of: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the draft as a document that `audit` reads."""
        head = {"as_of": self.as_of} if self.as_of else {}
        return {
            **head,
            "claims": [claim.to_json() for claim in self.claims],
            "not_understood": list(self.not_understood),
        }

    def to_yaml(self) -> str:
        """Return the draft as YAML, to be looked through before it is audited."""
        note = "# Drafted from prose by stock phrases; look through each claim before it is audited.\n"
        return note + yaml.safe_dump(self.to_json(), sort_keys=False, allow_unicode=True, width=150)


@dataclass(slots=True)
class _Context:
    """What a sentence is read in: the market and the price spoken of last, and the sentence in which that price stands."""

    market: str | None = None
    markets: tuple[str, ...] = ()
    level: str | None = None
    level_from: str = ""
    seen: set[tuple[object, ...]] = field(default_factory=set)


def draft(text: str, as_of: str | None = None) -> Draft:
    """Return the claims that a text seems to make; none is invented: each figure in a claim stands in its sentence."""
    context, found, silent = _Context(), list[Proposal](), list[str]()
    for sentence in sentences_of(text):
        if BOILERPLATE.search(sentence):
            continue
        named = _markets_in(sentence)
        if named:
            context.market, context.markets = _subject(sentence, named, context.market), named
        told = list(_told(sentence, named, context))
        for reading, markets, quote in told:
            key = (reading.kind, markets, tuple(sorted((k, str(v)) for k, v in reading.says.items())))
            if key not in context.seen:
                context.seen.add(key)
                found.append(
                    Proposal(
                        f"T{len(found) + 1:02d}",
                        reading.kind,
                        markets,
                        copy.deepcopy(reading.says),
                        shown(quote, 400),
                        as_of,
                    )
                )
        is_added = _added_to_setup(sentence, found, context)
        if not told and not is_added and TERMS.search(sentence) and re.search(r"\d", sentence):
            silent.append(shown(sentence, 400))
        _remember_level(sentence, context)
    return Draft(tuple(found), tuple(silent), as_of)


def _added_to_setup(sentence: str, found: list[Proposal], context: _Context) -> bool:
    """Add targets and invalidation to the setup drafted last, when this sentence goes on about it."""
    place = next(
        (
            k
            for k in range(len(found) - 1, -1, -1)
            if found[k].kind == "setup" and found[k].markets == (context.market,)
        ),
        None,
    )
    says = {} if place is None else setup_tail(sentence)
    if place is None or not says or set(says) <= set(found[place].says):
        return False
    old = found[place]
    found[place] = replace(old, says={**says, **old.says}, sentence=shown(f"{old.sentence} {sentence}", 600))
    return True


def _remember_level(sentence: str, context: _Context) -> None:
    """Keep the last price named, for a next sentence that speaks of "this level"."""
    prices = re.findall(rf"\b(?:above|below|at|around|near|through)\s+({NUMBER})", sentence)
    if prices:
        context.level, context.level_from = prices[-1].rstrip(".,").replace(",", ""), sentence


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text, one line at a time; a dot inside a number ends none."""
    for line in text[:LONGEST].splitlines():
        plain = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in line)).strip(" •-\t")
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z\"'“])", plain):
            if 12 < len(sentence) <= LONGEST_SENTENCE:
                yield sentence


def _markets_in(sentence: str) -> tuple[str, ...]:
    """Return the markets that a sentence names, in its order."""
    found: dict[int, tuple[int, str]] = {}
    taken = [False] * len(sentence)
    for pattern, symbol in MARKETS:
        for match in re.finditer(pattern, sentence, re.IGNORECASE):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                found[match.start()] = (match.end(), symbol)
    return tuple(dict.fromkeys(symbol for _, (_, symbol) in sorted(found.items())))


def _subject(sentence: str, named: tuple[str, ...], before: str | None) -> str:
    """Return the market that a sentence is about: an aside about yields does not change the subject of a section on an index."""
    return named[0] if named[0] not in ("DGS10", "DGS30") or before is None or len(named) == 1 else before


def _told(sentence: str, named: tuple[str, ...], context: _Context) -> Iterator[tuple[Reading, tuple[str, ...], str]]:
    """Yield what the phrases read, with its markets and the words it rests on."""
    same = this_level(sentence)
    if same is not None and context.level is not None and context.market is not None:
        yield Reading("level", {"price": context.level} | same), (context.market,), f"{context.level_from} {sentence}"
    for phrase in PHRASES:
        for reading in phrase(sentence):
            if reading.pair or not reading.markets:
                yield reading, (reading.pair,) if reading.pair else (), sentence
            elif reading.markets == 2:
                pair = tuple(dict.fromkeys((*named, *([context.market] if context.market else []))))[:2]
                if len(pair) == 2:
                    yield reading, pair, sentence
            elif reading.each and (named or context.markets):
                # "Across the board" speaks of all markets named last.
                yield from ((reading, (market,), sentence) for market in named or context.markets)
            elif context.market is not None:
                yield reading, (context.market,), sentence
