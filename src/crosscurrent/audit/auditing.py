"""The audit: claims and data in, verdicts out, one a claim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crosscurrent.audit.bench import Bench
from crosscurrent.audit.case import Case, Impossible, interval_of
from crosscurrent.audit.claims import Claim, Unreadable, read_claims
from crosscurrent.audit.document import document_of
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.names import Named
from crosscurrent.audit.verdicts import WORDS, Part, Verdict, Word, combined, undecidable
from crosscurrent.audit.when import stretch_of
from crosscurrent.errors import DataError, RequestError, UnknownName
from crosscurrent.sources.source import Source

__all__ = ["Audit", "audit", "judge_all"]

STALE = np.timedelta64(7, "D")
"""A claim about a day so long after a series ended is not decided by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """An audit: the verdicts in the order of the claims, with the bench they were made at, and what the document calls itself."""

    verdicts: tuple[Verdict, ...]
    bench: Bench
    title: str = ""
    published: str = ""

    def counts(self) -> dict[Word, int]:
        """Return how many claims got each verdict."""
        return {word: sum(v.verdict == word for v in self.verdicts) for word in WORDS}

    @property
    def has_findings(self) -> bool:
        """Whether a claim fails or could not be read."""
        return any(v.verdict == "fails" or v.code in UNREADABLE for v in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """Return the document of `audit`."""
        rows = [verdict.to_json() for verdict in self.verdicts]
        return {
            "note": self.title or None,
            "published": self.published or None,
            "counts": self.counts(),
            "claims": rows,
        }


UNREADABLE = ("unreadable", "unknown_kind", "unknown_field", "bad_field")


def audit(
    claims: object,
    source: Source,
    kinds: Iterable[ClaimKind] | None = None,
    *,
    default_day: np.datetime64 | None = None,
) -> Audit:
    """Return the verdict on every claim of a document.

    A claim that cannot be read or decided is a verdict of its own and stops no other. What a claim speaks of is judged on what was
    known at its date; only a setup is followed beyond it, because its outcome is what is claimed.

    Parameters
    ----------
    claims
        A path, a text in YAML or JSON, a mapping or a list.
    source
        Where the markets come from.
    kinds
        The kinds of claim that are understood; by default all of `CLAIM_KINDS`.
    default_day
        The date of claims that name none in a document without one; by default the last session.
    """
    from crosscurrent.audit.kinds import CLAIM_KINDS

    document = document_of(claims)
    if document.published is None and default_day is not None:
        document = replace(document, published=str(default_day))
    read = read_claims(document, CLAIM_KINDS if kinds is None else kinds)
    bench = Bench(source)
    verdicts = tuple(_told_contradictions(read, judge_all(read, bench)))
    return Audit(verdicts, bench, document.title, document.published or "")


def judge_all(read: Iterable[Claim | Unreadable], bench: Bench) -> list[Verdict]:
    """Return the verdict on each claim read."""
    return [_refused(one) if isinstance(one, Unreadable) else _judged(one, bench) for one in read]


def _refused(one: Unreadable) -> Verdict:
    return Verdict(one.id, "undecidable", one.code, {}, one.reason, "", "", "", kind=one.kind, quote=one.quote)


def _judged(claim: Claim, bench: Bench) -> Verdict:
    markets, session = claim.markets, ""
    try:
        part, markets, session = _decided(claim, bench)
    except UnknownName as fault:
        part = undecidable(fault.sentence, code="no_data" if fault.fields["what"] == "market" else "unknown_name")
    except DataError as fault:
        part = undecidable(fault.sentence, code="no_data")
    except RequestError as fault:
        part = undecidable(fault.sentence, code="bad_field")
    if claim.unknown:
        part = undecidable(
            f"{claim.unknown} The rest alone {_says(part)}: {part.reason}", part.measured, code="unknown_field"
        )
    return Verdict(
        claim.id, part.verdict, part.code or "ok", part.measured, part.reason, part.definition, part.tolerance, part.remark,
        claim.kind.name, markets, session, _interval(claim), claim.quote, part.marks,
    )  # fmt: skip


def _interval(claim: Claim) -> str:
    try:
        return interval_of(claim.says.interval)
    except RequestError:
        return "1d"


def _decided(claim: Claim, bench: Bench) -> tuple[Part, tuple[str, ...], str]:
    """Return the verdict with the markets as the data call them and the session it was decided on."""
    if len(claim.markets) < claim.kind.markets:
        wanted = "a market" if claim.kind.markets == 1 else f"{claim.kind.markets} markets"
        raise RequestError(
            f"A claim of kind {claim.kind.name} names {wanted}; this one names {len(claim.markets) or 'none'}."
        )
    day = _day(claim.as_of)
    named = _named(claim, bench, day)
    markets = tuple(one.name for one in named)
    known = day if day is not None else _last_day(bench, markets)
    silence = next((told for m in markets if (told := _no_data(bench, m, known))), None)
    silence = silence or (None if markets else _beyond_all(bench, known))
    if silence:
        return undecidable(silence, code="no_data"), markets, ""
    several = [(m,) for m in markets] if claim.kind.markets == 1 else [markets]
    cases = [Case(bench, some, known, claim.says) for some in several]
    parts = [_both_meanings(claim, case) for case in cases]
    part = (
        parts[0]
        if len(parts) == 1
        else combined(replace(p, reason=f"{m}: {p.reason}") for p, m in zip(parts, markets, strict=True))
    )
    remarks = [
        part.remark,
        *(one.remark for one in named),
        _not_a_session(cases[0], known),
        *(f"{told}." for case in cases for told in case.about),
    ]
    return replace(part, remark=" ".join(t for t in dict.fromkeys(remarks) if t)), markets, str(cases[0].session)


def _named(claim: Claim, bench: Bench, day: np.datetime64 | None) -> list[Named]:
    """Return the markets as the source calls them; a kind that reads tables needs none that has bars."""
    if not claim.kind.tables:
        return [bench.named(text, day) for text in claim.markets]
    found = []
    for text in claim.markets:
        try:
            found.append(bench.named(text, day))
        except UnknownName:
            continue
    return [
        one for one in found if not _no_data(bench, one.name, day if day is not None else _last_day(bench, (one.name,)))
    ]


def _last_day(bench: Bench, markets: tuple[str, ...]) -> np.datetime64:
    """Return the last session of these markets, or of all when none is named."""
    found: np.datetime64 = max(bench.whole(m).session[-1] for m in markets or bench.source.markets())
    return found


def _not_a_session(case: Case, day: np.datetime64) -> str:
    return (
        ""
        if case.session == day
        else f"{day} is no session of {case.market}; the one before it, {case.session}, was taken."
    )


def _both_meanings(claim: Claim, case: Case) -> Part:
    """Return the verdict; of a price with two possible meanings both are tried, and it is ambiguous where they are judged differently."""
    try:
        first = combined(claim.kind.judge(case, claim.says))
    except Impossible as found:
        return found.part
    if not case.was_ambiguous:
        return first
    other = Case(case.bench, case.markets, case.day, case.says, choice=1)
    second = combined(claim.kind.judge(other, claim.says))
    if first.verdict == second.verdict:
        case.about += other.about
        return first
    told = "; ".join(dict.fromkeys(case.was_ambiguous))
    return undecidable(
        f"{told}: the first {_says(first)}, the second {_says(second)}. {first.reason} Or: {second.reason}", first.measured,
        code="ambiguous", definition=first.definition, tolerance=first.tolerance,
    )  # fmt: skip


def _says(part: Part) -> str:
    return {"holds": "holds", "near_miss": "is a near miss", "fails": "fails"}.get(part.verdict, "cannot be decided")


def _day(text: str | None) -> np.datetime64 | None:
    """Return the date of a claim, as people write dates; "latest" is the last session."""
    if text is None or text.lower() in ("latest", "last", "now", "today"):
        return None
    tidy = re.sub(r"^(\d{4})/?(\d\d)/?(\d\d)$", r"\1-\2-\3", text.strip())
    try:
        if not re.search(r"\d{4}", tidy):
            raise RequestError("a date without a year")
        span = stretch_of(tidy, np.datetime64("2100-01-01", "D"))
    except RequestError:
        raise RequestError(f"as_of: {text!r} is not a date. Write it as YYYY-MM-DD, for example 2025-01-17.") from None
    return span.end


def _no_data(bench: Bench, market: str, day: np.datetime64) -> str | None:
    """Say why a market tells nothing about a day, if it does not."""
    bars = bench.whole(market)
    if not len(bars) or bars.session[0] > day:
        return f"No data: the history of {market} begins on {bars.session[0] if len(bars) else 'no day'}, after {day}."
    last = bars.session[bars.index_of(day)]
    if day - last > STALE:
        return f"No data: the last session of {market} known by {day} is {last}."
    return None


def _beyond_all(bench: Bench, day: np.datetime64) -> str | None:
    """Say so when a day lies beyond all that is known of any market."""
    last = _last_day(bench, ())
    return f"No data: the last session known of any market is {last}." if day - last > STALE else None


def _told_contradictions(read: Iterable[Claim | Unreadable], verdicts: list[Verdict]) -> Iterable[Verdict]:
    """Yield the verdicts, with a remark where two claims say different things about the same."""
    seen: dict[tuple[object, ...], list[tuple[str, dict[str, str]]]] = {}
    for one, verdict in zip(read, verdicts, strict=True):
        other = None
        if isinstance(one, Claim):
            about = (one.kind.name, verdict.markets, one.as_of, *(one.said.get(f) for f in one.kind.subject))
            said = {k: v for k, v in one.said.items() if k not in one.kind.subject}
            earlier = seen.setdefault(about, [])
            other = next(
                (name for name, was in earlier if any(k in was and _differs(was[k], v) for k, v in said.items())), None
            )
            earlier.append((one.id, said))
        told = f"It says otherwise than {other}, of the same market, date and subject." if other else ""
        yield replace(verdict, remark=f"{verdict.remark} {told}".strip())


def _differs(one: str, other: str) -> bool:
    """Whether two spellings say different things: -107 and "-107 bp" do not."""
    first, second = (re.findall(r"[-+]?[0-9][0-9.,']*", text) or [text.lower()] for text in (one, other))
    return first != second
