"""What drove each move: the attribution in words, with intervals, and "not identified" when that is the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosscurrent.intermarket.drivers import DriverReport, Part
from crosscurrent.intermarket.stock_bond import RegimeReport
from crosscurrent.note.analysis import Analysis
from crosscurrent.note.names import and_list, name_of
from crosscurrent.note.note import Table
from crosscurrent.note.readings import counted, day
from crosscurrent.note.say import Name, Sentence, say
from crosscurrent.units import Reading, Unit

__all__ = ["DRIVER_WORDS", "attributed", "attribution_table", "regime", "signs_read"]

DRIVER_WORDS = {
    "level": "the level of rates", "slope": "the slope of the curve", "policy": "the policy path", "dollar": "the dollar", "oil": "oil",
    "volatility": "volatility", "credit": "credit", "other_index": "the other index", "rates": "rates",
}  # fmt: skip
READINGS = {
    "easier policy": "Stocks up and yields down read as news of easier policy: a reading, not proof.",
    "better growth": "Stocks and yields up together read as better growth: a reading, not proof.",
    "tighter policy": "Stocks down and yields up read as tighter policy: a reading, not proof.",
    "worse growth": "Stocks and yields down together read as worse growth: a reading, not proof.",
}


def attributed(report: DriverReport, analysis: Analysis) -> Iterator[Sentence]:
    """Tell what rates alone explain of the move, what the rivals do, what is left, and the verdict."""
    name, moved = (
        name_of(analysis.bars(report.market)),
        _figure(report.return_pct, "pct", report, "move from the first to the last close"),
    )
    alone = report.rates_alone
    if alone is not None:
        low, high = (
            _figure(v, "pct", report, "interval (bootstrap) of what rates alone explain") for v in alone.interval
        )
        is_along = alone.pct * report.return_pct > 0
        yield say(
            "Of the {moved:signed} in {name}, the week's changes in rates explain {pct:signed} when no other driver is let in ({low:signed} to "
            "{high:signed}), by betas estimated over the {window} changes before."
            if is_along else
            "By betas estimated over the {window} changes before, the week's changes in rates alone would have moved {name} by {pct:signed} "
            "({low:signed} to {high:signed}), against the {moved:signed} that it moved.", moved=moved, name=name, low=low, high=high,
            pct=_figure(alone.pct, "pct", report, "explained by rate changes alone, betas from before the move"),
            window=counted(report.window, "changes before the move from which betas are estimated", "sessions", report.market),
        )  # fmt: skip
    yield from _rivals(report)
    yield _verdict(report, analysis)


def _rivals(report: DriverReport) -> Iterator[Sentence]:
    way = 1.0 if report.return_pct >= 0 else -1.0
    rivals = sorted((p for p in report.parts if p.group != "rates"), key=lambda p: -way * p.pct)[:2]
    told = [
        say("{driver} {pct:signed}", driver=DRIVER_WORDS.get(p.driver, p.driver), pct=_figure(p.pct, "pct", report, f"explained by {p.market}"))
        for p in rivals if way * p.pct > 0
    ]  # fmt: skip
    leftover = _figure(report.leftover, "pct", report, "move that no driver explains")
    usual = Reading(
        report.leftover_percentile,
        "probability",
        "share of earlier spans with a smaller leftover",
        source=report.market,
    )
    size = (
        "more than ever in such a span"
        if report.leftover_percentile >= 1
        else say("more than in {usual} of such spans", usual=usual)
    )
    if told:
        carry = "carry most of it" if len(told) > 1 else "carries most of it"
        yield say("With the rivals let in, {told} {carry} and {left:signed} is left over, {size}.", told=and_list(told), carry=carry,
                  left=leftover, size=size)  # fmt: skip
    else:
        yield say("The rivals explain none of it: {left:signed} is left over, {size}.", left=leftover, size=size)


def _verdict(report: DriverReport, analysis: Analysis) -> Sentence:
    name, who = name_of(analysis.bars(report.market)), DRIVER_WORDS.get(report.by or "", report.by or "")
    told = {
        "rates_driven": "The verdict on {name}: driven by rates.",
        "partly": "The verdict on {name}: driven in part by {who}.",
        "driven_by": "The verdict on {name}: it went with {who}, not with rates.",
    }
    return say(told.get(report.verdict, "The verdict on {name}: not identified."), name=name, who=who)


def signs_read(reports: Sequence[DriverReport]) -> Iterator[Sentence]:
    """Tell once what the signs of stocks and yields together suggest, however many markets show them."""
    for reading in dict.fromkeys(report.reading or "" for report in reports):
        if reading in READINGS:
            yield say(READINGS[reading])


def _figure(value: float, unit: Unit, report: DriverReport, definition: str) -> Reading:
    return Reading(
        value,
        unit,
        definition,
        f"{report.start} to {report.end}",
        f"{report.market}, daily changes free of roll gaps",
        report.market,
    )


def attribution_table(report: DriverReport) -> Table:
    """Return the parts of a move: what each driver did, what that explains, its interval, its share of R-squared."""
    rows = tuple(_row(part, report) for part in report.parts)
    headings = ("Driver", "Read from", "Moved", "Explains", "Interval", "Share of R²")
    return Table(f"What drove {report.market}", headings, rows)


def _row(part: Part, report: DriverReport) -> tuple[Sentence, ...]:
    unit: Unit = "bp" if part.unit == "bp" else "pct"
    low, high = (_figure(v, "pct", report, f"interval of what {part.market} explains") for v in part.interval)
    return (
        say("{name}", name=DRIVER_WORDS.get(part.driver, part.driver)), say("{market}", market=Name(part.market)),
        say("{moved:signed}", moved=_figure(part.moved, unit, report, f"change of {part.market} over the span")),
        say("{pct:signed}", pct=_figure(part.pct, "pct", report, f"explained by {part.market}")),
        say("{low:signed} to {high:signed}", low=low, high=high),
        say("{share}", share=Reading(part.share, "probability", f"Shapley share of R-squared of {part.market}", source=report.market)),
    )  # fmt: skip


def regime(report: RegimeReport, analysis: Analysis) -> Iterator[Sentence]:
    """Tell which sign the link between stocks and bonds has had of late, and since when."""
    present = report.present
    if present is None or report.value is None:
        return
    stock, bond = (name_of(analysis.bars(m)) for m in report.markets)
    way = "with" if present.sign > 0 else "against"
    yield say(
        "Over the last {window} sessions the daily link of {stock} and {bond} is {r}; stocks have moved {way} bonds since {since}.",
        window=counted(report.window, "sessions of the regime's rolling correlation", "sessions"), stock=stock, bond=bond, way=way,
        r=Reading(report.value, "ratio", "rolling correlation of daily changes", f"{report.window} sessions", " and ".join(report.markets)),
        since=day(present.since, "close that established the sign", report.markets[0]),
    )  # fmt: skip
