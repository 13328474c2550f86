"""Plain prices: where a market closed, opened, or how high and low it traded."""

from __future__ import annotations

from collections.abc import Iterator

from crosscurrent.audit.case import Case
from crosscurrent.audit.compare import compared, said_of, side_of, stated
from crosscurrent.audit.kind import ClaimKind
from crosscurrent.audit.says import Fields, Quote, Says
from crosscurrent.audit.spoken import prices_in
from crosscurrent.audit.verdicts import Part, undecidable

__all__ = ["PRICE"]


class PriceSays(Says):
    """A close, open, high or low of the session; or which side of a price it closed on."""

    close: Quote | None = None
    open: Quote | None = None
    high: Quote | None = None
    low: Quote | None = None
    above: Quote | None = None
    below: Quote | None = None


def judge(case: Case, says: PriceSays) -> Iterator[Part]:
    """Yield whether the bar shows the prices claimed."""
    bars, close = case.traded, float(case.traded.close[-1])
    settled = (
        "the close of a future is its settlement, where others show the last trade"
        if bars.instrument.is_future
        else "as the data have it"
    )
    told = f"{case.market}, the {bars.interval} bar of {bars.session[-1]}, as charted; {settled}"
    yield from said_of(_parts(case, says), f"The close is {case.show(close)}.", {"close": close}, definition=told)


def _parts(case: Case, says: PriceSays) -> Iterator[Part]:
    for name in ("close", "open", "high", "low"):
        raw = getattr(says, name)
        if raw is not None and name != "close" and case.traded.is_close_only:
            yield undecidable(f"{case.market} has closes alone; its {name} is not known", code="no_data")
        elif raw is not None:
            value = float(getattr(case.traded, name)[-1])
            yield compared(
                case.price(raw, name).figure, value, f"The {name}", case.show, near=0.1 * case.atr, name=name
            )
    for word, raw in (("above", says.above), ("below", says.below)):
        if raw is not None:
            yield _beyond(case, word, raw)


def _beyond(case: Case, word: str, raw: str) -> Part:
    level, close = case.price(raw).value, float(case.traded.close[-1])
    is_so = side_of(word) * (close - level) > 0
    said = f"The close, {case.show(close)}, is {'' if is_so else 'not '}{word} {raw}"
    return stated(is_so, said, {"close": close}, is_near=abs(close - level) <= case.notation.tick, code="wrong_side")


def _worded(text: str) -> Fields:
    prices, side = prices_in(text), side_of(text)
    return {} if not prices else {"above" if side > 0 else "below" if side < 0 else "close": prices[0]}


PRICE = ClaimKind(
    "price",
    PriceSays,
    judge,
    bare="close",
    worded=_worded,
    aliases="close closed settlement settled quote prices ohlc yield yield_level closing_price settlement_price closing_level yield_value",
    names={
        "close": "value price closed_at closed settle settled settlement last at yield level closing_price",
        "open": "opened opened_at",
        "high": "peak highest session_high day_high intraday_high",
        "low": "session_low lowest day_low intraday_low",
        "above": "closed_above over close_above",
        "below": "closed_below under close_below",
    },
)
