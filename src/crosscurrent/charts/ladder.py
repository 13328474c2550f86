"""The ladder as a desk draws it: the last weeks, and beside them one column of prices with what happens at each."""

from __future__ import annotations

from crosscurrent.charts.spec import Candles, Chart, Ink, Line, Pane, Panel, Row, Series, day_name, figure
from crosscurrent.setups.ladder import Ladder
from crosscurrent.setups.steps import Step, steps

__all__ = ["ARROWS", "ladder_chart"]

INKS: dict[str, Ink] = {"bullish": "up", "bearish": "down"}
ARROWS = {"bullish": "▲", "bearish": "▼"}
HEIGHT_OF_ROW = 0.1
"""How much of a usual pane's height a row takes."""
NEAR = 3.0
"""Steps farther from the close than this, in ATR, do not stretch the scale: their rows stand at its end."""
COLUMNS = ("next close", "in a week")


def ladder_chart(
    found: Ladder, *, sessions: int = 30, name: str = "", title: str = "", subtitle: str = "", caption: str = "", source: str = ""
) -> Chart:  # fmt: skip
    """Return the chart of a ladder, because a column of prices is read by where they stand to each other and to the last weeks.

    Rows are the ladder's steps: resistance four to one, the last close, support one to four, and between them the prices at which the
    chart would change its mind, each with what happens there and how likely it is to be touched. A ladder without a rung has no panel.

    Parameters
    ----------
    sessions
        How many of the last sessions are drawn.
    name, title, subtitle, caption, source
        Words of the page. Empty ones are filled from the ladder.
    """
    told = steps(found)
    panel = Panel(found.bars.session[-sessions:], (_pane(found, told, sessions),), ahead=1.0)
    instrument = found.bars.instrument
    return Chart(
        name or f"ladder-{found.market.lower()}", title or f"{instrument.name}: what {day_name(found.next_session)} would mean",
        (panel,) if told else (), subtitle or _subtitle(found), caption, _alt(found, told), source,
    )  # fmt: skip


def _pane(found: Ladder, told: tuple[Step, ...], sessions: int) -> Pane:
    instrument, prices = found.bars.instrument, [step.price for step in told if abs(step.distance_atr) <= NEAR]
    rows = sorted((*(_row(step, found) for step in told), _last(found)), key=lambda row: -row.value)
    limits = (min([*prices, found.close]), max([*prices, found.close]))
    return Pane(
        "price", max(HEIGHT_OF_ROW * (len(rows) + 1), 0.8), (_series(found, sessions),), unit=instrument.quoted_as,
        notation=instrument.notation, limits=limits, rows=tuple(rows), columns=COLUMNS,
    )  # fmt: skip


def _series(found: Ladder, sessions: int) -> Series:
    bars = found.bars.last(sessions)
    if bars.is_close_only:
        return Line(bars.close, "price", "Close")
    return Candles(bars.open, bars.high, bars.low, bars.close)


def _row(step: Step, found: Ladder) -> Row:
    ink = INKS.get(step.direction, "muted")
    shares, notation = (step.probability_next, step.probability_week), found.bars.instrument.notation
    words = step.words(notation, "chart" if notation.parts else "prose")
    return Row(step.price, step.name or ARROWS.get(step.direction, "◆"), words, shares, ink)


def _last(found: Ladder) -> Row:
    return Row(found.close, "LAST", f"close of {day_name(found.session)}", (), "price", is_last=True)


def _subtitle(found: Ladder) -> str:
    if found.unit is None:
        return found.reason
    instrument = found.bars.instrument
    unit = figure(found.unit, "move", instrument.notation)
    return f"How likely each price is to be touched, from the market's own moves; one ATR is {unit}"


def _alt(found: Ladder, told: tuple[Step, ...]) -> str:
    """Return the ladder in words, from above to below."""
    instrument = found.bars.instrument
    if not told:
        return found.reason or f"{instrument.name}: no price stands near."
    lines = [
        f"{step.name + ' ' if step.name else ''}{figure(step.price, instrument.quoted_as, instrument.notation)}: {step.told[0]}"
        for step in told
    ]
    last = figure(found.close, instrument.quoted_as, instrument.notation)
    return f"{instrument.name}, last close {last} on {day_name(found.session)}. {'. '.join(lines)}."
