"""`crosscurrent setups [MARKET]`: trades one could take, with what would prove them wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.opening import Opened, open_market_or_desk, tell_gaps, tell_no_filter
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json
from crosscurrent.errors import MissingData
from crosscurrent.sources.tables import table_of

if TYPE_CHECKING:
    from crosscurrent.evidence.evidence import Evidence
    from crosscurrent.setups.planning import Planned
    from crosscurrent.setups.setup import Setup
    from crosscurrent.setups.sizing import Account
    from crosscurrent.units import Notation

__all__ = ["setups"]

DEFAULT = "ZN"
"""The filter where neither the reader nor a desk names one."""


@click.command()
@click.argument("market", required=False)
@data_option
@as_of_option
@click.option(
    "--desk",
    "desk",
    default="rates-and-equities",
    show_default=True,
    metavar="NAME|FILE",
    help="Whose markets, when none is named.",
)
@click.option(
    "--filter",
    "beside",
    default=None,
    metavar="MARKET|none",
    help="The market that stands as condition. Default: the one that the desk names, ZN for a market asked for by name.",
)
@click.option("--account", type=float, metavar="MONEY", help="State an account to be told the size.")
@click.option(
    "--risk",
    type=float,
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of the account that a stop may cost.",
)
@click.option(
    "--leverage",
    type=float,
    metavar="LIMIT",
    help="Greatest position against the account, such as 20 for index CFDs in the EU.",
)
@click.option("--cfd", "is_cfd", is_flag=True, help="Size contracts for difference: one unit of money a point.")
@json_option
def setups(
    market: str | None, data: str, as_of: str | None, desk: str, beside: str | None, account: float | None, risk: float, leverage: float | None,
    is_cfd: bool, as_json: bool,
) -> None:  # fmt: skip
    """Print the setups of MARKET, or of a desk's index and filter markets: entry, stop, targets, invalidation, for and against."""
    from crosscurrent.evaluate.records import records_of
    from crosscurrent.evidence.events_ahead import scheduled
    from crosscurrent.pipeline import look
    from crosscurrent.setups.planning import plan_market
    from crosscurrent.setups.sizing import Account
    from crosscurrent.setups.triggers import Eve

    stated = Account(account, risk, leverage, is_cfd) if account is not None else _none_stated(risk)
    filters, opened = _opened(market, data, as_of, desk, beside)
    names = [m for m in opened.markets if opened.snapshot.has(m)]
    if not names:
        raise MissingData(f"Anything of {', '.join(opened.markets)} by {as_of}", data)
    held = list(dict.fromkeys(filters.get(name, DEFAULT) for name in names))
    looks = look(opened.snapshot, dict.fromkeys(m for m in (*names, *held) if opened.snapshot.has(m)))
    records = records_of(looks)
    source, day = opened.source, opened.snapshot.as_of
    ahead = scheduled(day, table_of(source, "events"), table_of(source, "meetings"))
    planned = [
        plan_market(Eve(looks[name], looks.get(filters.get(name, DEFAULT))), stated, records=records, events=ahead)
        for name in names
    ]
    for one in held:
        tell_no_filter(one, opened)
    for each in planned:
        _tell_withheld(each)
    if as_json:
        print_json([setup.to_json() for each in planned for setup in each.setups])
        return
    tell_gaps(opened.gaps)
    for each in planned:
        for setup in each.setups:
            _print(setup, looks[each.market].traded.bars.instrument.notation)


def _none_stated(risk: float) -> Account | None:
    """Return no account, having refused a risk that is none: it would be a silent mistake."""
    from crosscurrent.setups.sizing import Account

    Account(1.0, risk)
    return None


def _opened(
    market: str | None, data: str, as_of: str | None, desk: str, beside: str | None
) -> tuple[dict[str, str], Opened]:
    """Return which filter each market has, where that is not the default, and the opened data."""
    from crosscurrent.sources.desks import read_desk

    if market is not None:
        opened = open_market_or_desk((market,), data, as_of, desk, beside or DEFAULT)
        return dict.fromkeys(opened.markets, beside or DEFAULT), opened
    chosen = read_desk("sample" if data == "sample" else desk)
    filters = {m.name: beside or chosen.filter_of(m) or DEFAULT for m in chosen.with_role("index", "filter")}
    return filters, open_market_or_desk((), data, as_of, desk, *filters.values())


def _tell_withheld(planned: Planned) -> None:
    for withheld in planned.withheld:
        click.echo(f"note: {withheld}", err=True)
    if not planned.setups:
        click.echo(f"note: {planned.market} has no setup: {planned.reason}.", err=True)


def _print(setup: Setup, notation: Notation) -> None:
    shown = notation.format
    click.echo(f"{setup.market} {setup.side}, {setup.plan.replace('_', ' ')}: {setup.entry.condition.replace('_', ' ')} {shown(setup.entry.price)} "
               f"({setup.entry.reason})")  # fmt: skip
    click.echo(
        f"  stop {shown(setup.stop)}; targets "
        + ", ".join(f"{shown(t.price)} ({t.reason}, {t.r:.1f} R)" for t in setup.targets)
    )
    condition = setup.invalidation.condition.replace("_", " ")
    click.echo(
        f"  wrong at a {condition} {shown(setup.invalidation.price)} ({setup.invalidation.reason}); lapses after {setup.expiry}"
    )
    opposes = [e for e in setup.opposes if e not in setup.ahead]
    click.echo(f"  for: {_listed(setup.supports)}; against: {_listed(opposes)}")
    if setup.ahead:
        click.echo(f"  before it lapses: {', '.join(e.why for e in setup.ahead)}")
    if setup.filtered_by is not None:
        click.echo(f"  filter {setup.filter}: {'; '.join(setup.filtered_by.reasons()[:2])}")
    if setup.parting:
        click.echo(f"  {setup.parting.text}")
    if setup.size is not None:
        size = setup.size
        reason = f" ({size.reason})" if size.reason else ""
        click.echo(
            f"  size {size.units:g}: {size.at_risk:,.0f} {size.currency} at risk, {size.per_unit:,.0f} each{reason}"
        )


def _listed(found: Iterable[Evidence]) -> str:
    return ", ".join(f"{e.why} ({e.session})" for e in found) or "nothing of late"
