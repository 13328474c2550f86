"""`crosscurrent study`: what came after each kind of fact, beside what chance gives, corrected for having looked so often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosscurrent.cli.options import data_option, json_option, print_json

if TYPE_CHECKING:
    from crosscurrent.evaluate.outcomes import Costs
    from crosscurrent.evaluate.samples import Design
    from crosscurrent.evaluate.study import Study
    from crosscurrent.evaluate.studying import Asked
    from crosscurrent.evaluate.walk_forward import Chosen
    from crosscurrent.sources.source import Gap

__all__ = ["known_kinds", "study"]


@click.command()
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Only this kind; may be given more than once.")
@click.option("--market", "markets", multiple=True, help="Only this market; default: every market of the data.")
@click.option("--from", "since", metavar="DATE", help="Only cases from this session on.")
@click.option("--to", "until", metavar="DATE", help="Only what was known by this session, outcomes included.")
@click.option("--by", type=click.Choice(["direction", "regime", "filter"]), help="Divide the cases.")
@click.option("--horizon", type=click.IntRange(1, 250), help="Bars after which returns are read; default: 5 and 10.")
@click.option("--filter-market", default="ZN", show_default=True, help="Whose week aligns or not, with --by filter.")
@click.option(
    "--costs", "costs", multiple=True, metavar="MARKET=TICKS[,ATR]", help="Of a round trip; default: 2 ticks, 0.02 ATR."
)
@click.option(
    "--choose-until", "cuts", multiple=True, metavar="DATE", help="Choose until then, judge after; more than one: walk."
)
@click.option("--together", is_flag=True, help="Ask all markets together alone: fewer questions, for a universe.")
@click.option("--keep", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Keep the cases there instead of in memory; what is kept is not made again.")  # fmt: skip
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes on this machine.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write the table as HTML, CSV and plots.")
@data_option
@json_option
def study(
    kinds: tuple[str, ...], markets: tuple[str, ...], since: str | None, until: str | None, by: str | None, horizon: int | None,
    filter_market: str, costs: tuple[str, ...], cuts: tuple[str, ...], together: bool, keep: Path | None, workers: int,
    out: Path | None, data: str, as_json: bool,
) -> None:  # fmt: skip
    """Tell what came after each kind of fact, beside chance: n, rate, interval, null, edge, p, and p corrected for the whole list.

    The first question of each kind is where price stands after ten bars. With --choose-until it tells instead what was found by then,
    and what became of it afterwards.
    """
    from crosscurrent.cli.options import the_day
    from crosscurrent.errors import RequestError
    from crosscurrent.evaluate.study import THOROUGH, Design
    from crosscurrent.evaluate.studying import Asked
    from crosscurrent.sources.source import Gap

    known_kinds(kinds)
    design = Design(
        horizons=(5, 10) if horizon is None else (horizon,), series=THOROUGH, since=the_day(since), until=the_day(until),
        by=by, costs_of=dict(map(_costs, costs)), asks_each=not together,  # type: ignore[arg-type]
    )  # fmt: skip
    asked = Asked(data, markets, until, kinds or None, filter_market if by == "filter" else None)
    gaps = list[Gap]()
    if cuts:
        if keep or workers > 1:
            raise RequestError("--choose-until studies each cut anew, so it takes neither --keep nor --workers.")
        chosen = _walked(asked, design, cuts, gaps, quiet=as_json)
        _tell_chosen(chosen, _missing(gaps), as_json)
    else:
        found = _studied(asked, design, gaps, keep, workers, quiet=as_json)
        _tell(found, _missing(gaps), out, as_json)


def _studied(asked: Asked, design: Design, gaps: list[Gap], keep: Path | None, workers: int, *, quiet: bool) -> Study:
    from crosscurrent.cli.progress import steps
    from crosscurrent.evaluate.questions import Held, Kept
    from crosscurrent.evaluate.study import Study
    from crosscurrent.evaluate.studying import study_all
    from crosscurrent.structure import DETECTORS
    from crosscurrent.structure.code import fingerprint

    told = f"{design} {asked.kinds} {asked.until} {asked.filter_market} {fingerprint(DETECTORS).hex()}"
    into = Kept(keep, told) if keep else Held()
    with steps(quiet=quiet) as show:
        study_all(asked, design, into, gaps, workers, show)
    return Study(design, into)


def _walked(asked: Asked, design: Design, cuts: tuple[str, ...], gaps: list[Gap], *, quiet: bool) -> tuple[Chosen, ...]:
    from crosscurrent.cli.progress import steps
    from crosscurrent.evaluate.universe import markets_in
    from crosscurrent.evaluate.walk_forward import WalkForward

    walk = WalkForward(design, [_the_day(cut) for cut in cuts])
    with steps(quiet=quiet) as show:
        for entered in markets_in(asked.data, asked.markets, asked.until, asked.kinds, asked.filter_market, gaps):
            show(entered.market.name)
            walk.add(entered.market, entered.filtered)
    return walk.chosen()


def _missing(gaps: list[Gap]) -> list[dict[str, str]]:
    return [{"what": gap.what, "why": gap.why} for gap in gaps]


def known_kinds(kinds: tuple[str, ...]) -> None:
    """Raise `UnknownName` for a kind that no detector writes."""
    from crosscurrent.errors import UnknownName
    from crosscurrent.pipeline import all_kinds

    for kind in kinds:
        if kind not in all_kinds():
            raise UnknownName("kind of fact", kind, all_kinds())


def _the_day(cut: str) -> Any:
    from crosscurrent.cli.options import the_day

    return the_day(cut)


def _costs(text: str) -> tuple[str, Costs]:
    """Return market and costs of `NQ=2` or `NQ=2,0.05`; `RequestError` for anything else and for what is below nought."""
    from crosscurrent.errors import RequestError
    from crosscurrent.evaluate.outcomes import Costs

    market, _, told = text.partition("=")
    try:
        numbers = [float(part) for part in told.split(",")]
    except ValueError:
        numbers = []
    if not market or len(numbers) not in (1, 2) or not all(0 <= number < 1e6 for number in numbers):
        raise RequestError(f"{text!r} is not MARKET=TICKS or MARKET=TICKS,ATR, for example NQ=2,0.02.", costs=text)
    return market, Costs(*numbers)


def _tell(under_way: Study, gaps: list[dict[str, str]], out: Path | None, as_json: bool) -> None:
    from crosscurrent.publish.study import verdict, write_study

    rows, best = under_way.rows(), under_way.best()
    if out is not None:
        told = write_study(rows, out, tried=under_way.tried, markets=under_way.markets, gaps=gaps, best=best)
        for path in told:
            click.echo(str(path), err=True)
    if as_json:
        print_json({
            "rows": [row.to_json() for row in rows], "tried": under_way.tried, "markets": under_way.markets,
            "best": best and best.to_json(), "gaps": gaps,
        })  # fmt: skip
    elif out is None:
        _say(_gaps(gaps))
        _say(_told(row.to_json()) for row in rows)
        click.echo(verdict(rows, under_way.tried))


def _tell_chosen(chosen: tuple[Chosen, ...], gaps: list[dict[str, str]], as_json: bool) -> None:
    if as_json:
        print_json({"chosen": [each.to_json() for each in chosen], "gaps": gaps})
        return
    _say(_gaps(gaps))
    for each in chosen:
        then = "nothing of the kind came" if each.after is None else _told(each.after.to_json())
        _say((f"until {each.cut}  {_told(each.before.to_json())}", f"     afterwards  {then}"))
    click.echo(
        f"{len(chosen)} chosen by the past: {sum(each.keeps_its_sign for each in chosen)} kept their sign, "
        f"{sum(each.holds for each in chosen)} were more than chance afterwards too."
    )


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _gaps(gaps: list[dict[str, str]]) -> Iterator[str]:
    return (f"{gap['what']}: {gap['why']}" for gap in gaps)


def _told(row: Mapping[str, Any]) -> str:
    low, high = row["interval"]
    p = "too few" if row["p"] is None else f"{row['p']:.4f}"
    if row["p_adjusted"] is not None:
        p += f" ({row['p_adjusted']:.3f})"
    name = f"{row['kind']} {row['group'] or ''}".strip()
    return (
        f"{name:<34} {row['market']:<8} {row['outcome']:<24} n {row['n']:>6}  {row['rate']:+.3f} [{low:+.3f}, {high:+.3f}]"
        f"  null {row['null']:+.3f}  edge {row['edge']:+.3f}  p {p}"
    )
