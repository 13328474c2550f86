"""A pair's rolling correlation, of levels and of changes, inside the band that chance alone fills."""

from __future__ import annotations

import numpy as np

from crosscurrent.bars.bars import Floats
from crosscurrent.charts.spec import Chart, Guide, Ink, Line, Pane, Panel, Shade, day_name
from crosscurrent.intermarket.correlation import CorrelationHistory

__all__ = ["correlation_chart"]

WHOLE = (-1.0, 1.0)


def correlation_chart(
    history: CorrelationHistory,
    *,
    chance_of_levels: float | None = None,
    chance_of_changes: float | None = None,
    sessions: int = 252,
    name: str = "",
    title: str = "",
    subtitle: str = "",
    caption: str = "",
    source: str = "",
) -> Chart:
    """Return both correlations of a pair over time, because one figure hides how it came about and what it is worth.

    Levels and changes stand in panes of their own and are never mixed; the shaded band is what unrelated series show most of the
    time. A pane without a defined value is left out.

    Parameters
    ----------
    history
        The rolling figures; NaN in the warm-up and where undefined.
    chance_of_levels, chance_of_changes
        The absolute correlation below which unrelated pairs stay in nineteen of twenty windows; None draws no band.
    sessions
        How many of the last sessions are in view.
    """
    kinds: tuple[tuple[str, Floats, Ink, float | None], ...] = (
        ("Level correlation", history.levels[-sessions:], "first", chance_of_levels),
        ("Change correlation", history.changes[-sessions:], "second", chance_of_changes),
    )
    panes = tuple(_pane(*kind) for kind in kinds if np.any(np.isfinite(kind[1])))
    panel = Panel(history.sessions[-sessions:], panes, ahead=6.0)
    first, second = history.markets
    return Chart(
        name or f"correlation-{first}-{second}".lower(), title or f"{first} and {second}", (panel,) if panes else (),
        subtitle or f"Rolling correlation over {history.window} sessions", caption, _alt(history, panel), source,
    )  # fmt: skip


def _pane(label: str, values: Floats, ink: Ink, chance: float | None) -> Pane:
    shades = (Shade(-chance, chance, f"shaded: what chance alone shows, ±{chance:.2f}"),) if chance is not None else ()
    guides = tuple(Guide(value, f"{value:g}".replace("-", "−")) for value in (-1.0, 0.0, 1.0))
    return Pane(
        "correlation", 0.5, (Line(values, ink, label),), guides=guides, shades=shades, unit="ratio", limits=WHOLE
    )


def _alt(history: CorrelationHistory, panel: Panel) -> str:
    if not panel.panes:
        return f"No correlation of {' and '.join(history.markets)} is defined."
    told = [f"{' and '.join(history.markets)}, {day_name(panel.sessions[0])} to {day_name(panel.sessions[-1])},"]
    told += [f"{p.series[0].label.lower()} {p.format(p.series[0].values[-1]) or 'undefined'}" for p in panel.panes]
    band = [f"chance alone stays within {pane.format(s.high)}" for pane in panel.panes for s in pane.shades]
    return f"{told[0]} rolling over {history.window} sessions: {', '.join(told[1:])}. {'; '.join(band)}".strip() + "."
