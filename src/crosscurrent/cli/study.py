"""`crosscurrent study`: what came after each kind of fact, beside what chance gives, corrected for having looked so often."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from crosscurrent.cli.options import data_option, json_option, print_json

__all__ = ["study"]


@click.command()
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be given more than once.")
@click.option("--market", "markets", multiple=True, help="Only this market; default: every market of the data.")
@click.option("--from", "since", metavar="DATE", help="Only cases from this session on.")
@click.option("--to", "until", metavar="DATE", help="Only what was known by this session, outcomes included.")
@click.option("--by", type=click.Choice(["direction", "regime", "filter"]), help="Divide the cases.")
@click.option("--horizon", type=click.IntRange(1, 250), help="Bars after which returns are read; default: 5 and 10.")
@click.option("--filter-market", default="ZN", show_default=True, help="Whose week aligns or not, with --by filter.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the table as HTML, CSV and plots.")
@data_option
@json_option
def study(
    kinds: tuple[str, ...], markets: tuple[str, ...], since: str | None, until: str | None, by: str | None, horizon: int | None,
    filter_market: str, out: Path | None, data: str, as_json: bool,
) -> None:  # fmt: skip
    """Tell what came after each kind of fact, beside chance: n, rate, interval, null, edge, p, and p corrected for the whole list."""
    from crosscurrent.cli.opening import tell_gaps
    from crosscurrent.cli.options import the_day
    from crosscurrent.cli.progress import steps
    from crosscurrent.evaluate.study import THOROUGH, Design, Study
    from crosscurrent.evaluate.universe import markets_in
    from crosscurrent.sources.source import Gap

    known_kinds(kinds)
    asked = Design(series=THOROUGH, since=the_day(since), until=the_day(until), by=by)  # type: ignore[arg-type]
    if horizon is not None:
        asked = replace(asked, horizons=(horizon,))
    under_way, gaps = Study(asked), list[Gap]()
    with steps(quiet=as_json) as show:
        for market in markets_in(data, markets, until, kinds or None, filter_market if by == "filter" else None, gaps):
            show(market.market.name)
            under_way.add(market.market, market.filtered)
    rows = under_way.rows()
    if out is not None:
        from crosscurrent.publish.study import write_study

        for path in write_study(rows, out, tried=under_way.tried, markets=under_way.markets):
            click.echo(str(path), err=True)
    if as_json:
        print_json({
            "rows": [row.to_json() for row in rows], "tried": under_way.tried, "markets": under_way.markets,
            "gaps": [{"what": gap.what, "why": gap.why} for gap in gaps],
        })  # fmt: skip
    elif out is None:
        tell_gaps(gaps)
        for row in rows:
            click.echo(_told(row.to_json()))
        claimed = sum(row.is_finding for row in rows)
        click.echo(f"{under_way.tried} questions asked, {claimed} answered otherwise than by chance after correction.")


def known_kinds(kinds: tuple[str, ...]) -> None:
    """Raise `UnknownName` for a kind that no detector writes."""
    from crosscurrent.errors import UnknownName
    from crosscurrent.pipeline import all_kinds

    for kind in kinds:
        if kind not in all_kinds():
            raise UnknownName("kind of fact", kind, all_kinds())


def _told(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    p = "too few" if row["p"] is None else f"{row['p']:.4f} ({row['p_adjusted']:.3f})"
    name = f"{row['kind']} {row['group'] or ''}".strip()
    return (
        f"{name:<34} {row['market']:<8} {row['outcome']:<24} n {row['n']:>6}  {row['rate']:+.3f} [{low:+.3f}, {high:+.3f}]"
        f"  null {row['null']:+.3f}  edge {row['edge']:+.3f}  p {p}"
    )
