"""`crosscurrent screen SCAN`: which markets of a scan show this?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from crosscurrent.cli.options import json_option, print_json, the_day
from crosscurrent.errors import RequestError
from crosscurrent.facts.stage import STAGES

if TYPE_CHECKING:
    from crosscurrent.evaluate.scan.screen import Hit

__all__ = ["screen"]


@click.command()
@click.argument("folder", metavar="SCAN", type=click.Path(file_okay=False, path_type=Path))
@click.option("--kind", "kinds", multiple=True, required=True, metavar="KIND", help="May be given more than once.")
@click.option("--stage", type=click.Choice(STAGES))
@click.option("--direction", type=click.Choice(["bullish", "bearish", "neutral"]))
@click.option("--strictness", type=click.Choice(["strict", "futures", "near_miss"]), help="Of candles.")
@click.option("--since", metavar="DATE", help="Known in this session or later. Default: --days before the last one.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1), help="Calendar days to look back.")
@click.option("--data", metavar="DIR|SOURCE", help="Where the scan's bars came from; needed with --filter.")
@click.option("--filter", "beside", metavar="MARKET", help="Ask another market whether it is on the side of each.")
@click.option(
    "--filtered", type=click.Choice(["aligned", "against", "neutral"]), help="Only those the filter calls so."
)
@click.option("--study", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A table of `study --out`.")
@click.option("--edge-above", type=float, help="Only kinds whose edge in --study lies above this.")
@json_option
def screen(
    folder: Path, kinds: tuple[str, ...], stage: str | None, direction: str | None, strictness: str | None, since: str | None,
    days: int, data: str | None, beside: str | None, filtered: str | None, study: Path | None, edge_above: float | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List the facts of a scan that answer a question, such as: a falling wedge confirmed this week, with rates on its side."""
    from crosscurrent.evaluate.scan import screen as screening
    from crosscurrent.evaluate.scan.manifest import opened

    if (filtered and not beside) or (edge_above is not None and not study) or (beside and not data):
        raise RequestError("--filtered needs --filter, --filter needs --data, and --edge-above needs --study.")
    scan = opened(folder)
    last = scan.last_session
    day = the_day(since)
    asked = screening.Question(
        kinds, last - np.timedelta64(days - 1, "D") if day is None else day, stage, direction, strictness
    )
    hits = screening.screen(scan, asked)
    if beside and data:
        from crosscurrent.sources import open_source

        hits = screening.filtered(hits, open_source(data), beside, scan.plan.as_of)
    if study:
        hits = screening.edges_in(hits, study)
    hits = [
        hit for hit in hits
        if (filtered is None or hit.filter == filtered) and (edge_above is None or (hit.edge is not None and hit.edge > edge_above))
    ]  # fmt: skip
    if as_json:
        print_json({"last_session": str(last), "since": str(asked.since), "hits": [hit.to_json() for hit in hits]})
    else:
        _print(hits)


def _print(hits: list[Hit]) -> None:
    if not hits:
        click.echo("No market shows that.")
    for hit in hits:
        told = ", ".join(f"{name} {value:.10g}" for name, value in hit.readings.items())
        more = " ".join(t for t in (hit.filter or "", "" if hit.edge is None else f"edge {hit.edge:+.3f}") if t)
        click.echo(
            f"{hit.market:<12} {hit.session}  {hit.kind:<24} {hit.stage} {hit.direction} {hit.basis}  {told}  {more}".rstrip()
        )
