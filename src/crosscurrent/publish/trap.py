"""Reliability as a plot and a table: what was forecast of breaks beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crosscurrent.errors import StorageError
from crosscurrent.evaluate.trap.report import TrapReport
from crosscurrent.evaluate.trap.scoring import Bin
from crosscurrent.publish.drawing import alone

__all__ = ["reliability_lines", "write_trap"]


def write_trap(report: TrapReport, folder: Path) -> tuple[Path, ...]:
    """Write `reliability.svg` and `reliability.md`; return the paths. `StorageError` when the disk refuses."""
    plot, table = folder / "reliability.svg", folder / "reliability.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table.write_text("\n".join((report.verdict, "", *reliability_lines(report.bins))) + "\n", "utf-8")
        _plot(report.bins, plot)
    except OSError as fault:
        raise StorageError(str(folder), f"the report cannot be written ({fault.strerror})") from fault
    return plot, table


def reliability_lines(bins: Sequence[Bin]) -> tuple[str, ...]:
    """Return the table in Markdown, one line a bin."""
    head = ("| forecast | failed | interval | breaks |", "|--:|--:|:-:|--:|")
    return (*head, *(f"| {b.forecast:.1%} | {b.rate:.1%} | {b.low:.1%} to {b.high:.1%} | {b.n} |" for b in bins))


@alone
def _plot(bins: Sequence[Bin], path: Path) -> None:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="gray", lw=1)
    rate = [b.rate for b in bins]
    reach = [[b.rate - b.low for b in bins], [b.high - b.rate for b in bins]]
    axes.errorbar([b.forecast for b in bins], rate, yerr=reach, fmt="o", ms=5, lw=1, color="#31688e")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="forecast probability that the break fails", ylabel="share that failed")
    axes.set_title("On the diagonal forecasts mean what they say", fontsize=10)
    with rc_context({"svg.hashsalt": "crosscurrent", "svg.fonttype": "none"}):
        figure.savefig(path, metadata={"Date": None})
