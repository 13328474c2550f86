"""`crosscurrent replay [MARKET]...`: the setups of every past close as they would have been printed, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.opening import open_market_or_desk, tell_gaps, tell_no_filter
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.cli.progress import steps
from crosscurrent.cli.replaying import costs_of, period_options, replayed

if TYPE_CHECKING:
    from crosscurrent.evaluate.replay import Every, Replayed

__all__ = ["replay"]


@click.command()
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@data_option
@as_of_option
@period_options
@click.option(
    "--notes",
    "out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the desk's whole notes, a folder a date.",
)
@json_option
def replay(
    markets: tuple[str, ...], data: str, as_of: str | None, desk: str, since: str | None, until: str | None, every: Every, beside: str,
    ticks: float, slippage: float, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Print the setups of each MARKET, or of a desk's markets, at every past close, with what became of them by --as-of.

    Each is what `setups --as-of` prints at that close; nothing that came later is in it. With --notes the desk's whole notes are
    written instead, each opening with what had become of the one before; those that are there already are left as they are.
    """
    if out is not None:
        _write_notes(out, markets, as_json, data, desk, since, until or as_of, every)
        return
    costs = costs_of(ticks, slippage)
    opened = open_market_or_desk(markets, data, as_of, desk, beside)
    tell_no_filter(beside, opened)
    with steps() as show:
        found = [close for _, closes in replayed(opened, since, until, every, beside, costs, show) for close in closes]
    told = [setup for close in found for setup in close]
    if as_json:
        print_json([setup.to_json() for setup in told])
        return
    tell_gaps(opened.gaps)
    for setup in told:
        click.echo(_line(setup))
    click.echo(_summed(told, len(found)))


def _write_notes(
    out: Path,
    markets: tuple[str, ...],
    as_json: bool,
    data: str,
    desk: str,
    since: str | None,
    until: str | None,
    every: Every,
) -> None:
    from crosscurrent.cli.past_notes import write_past_notes

    if markets or as_json:
        raise click.UsageError("--notes writes the notes of a desk: it takes neither markets nor --json.")
    with steps() as show:
        for page in write_past_notes("sample" if data == "sample" else desk, data, since, until, every, out, show):
            click.echo(str(page))


def _line(each: Replayed) -> str:
    outcome = each.outcome
    end = "" if outcome.session is None else f" on {outcome.session}"
    paid = "" if outcome.r is None else f", {outcome.r:+.2f} R"
    doubt = ", stop and target in one bar" if outcome.same_bar else ""
    return f"{each.setup.id:<42} filter {each.setup.filter:<8} {outcome.status.replace('_', ' ')}{end}{paid}{doubt}"


def _summed(told: Sequence[Replayed], n: int) -> str:
    ends = Counter(each.outcome.status.replace("_", " ") for each in told)
    paid = [each.outcome.r for each in told if each.outcome.r is not None]
    mean = f"; {len(paid)} trades paid {sum(paid) / len(paid):+.2f} R on average, after costs" if paid else ""
    counted = ", ".join(f"{count} {status}" for status, count in ends.most_common())
    return f"{n} closes, {len(told)} setups{': ' + counted if counted else ''}{mean}"
