"""`crosscurrent watch`: follow a desk from close to close and tell, once, what became true."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from crosscurrent.cli.ledger import now
from crosscurrent.cli.options import data_option
from crosscurrent.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crosscurrent.watch.channels import Channel
    from crosscurrent.watch.watching import Watch

__all__ = ["outbox_file", "watch"]


@click.command()
@click.option("--desk", default="rates-and-equities", show_default=True, help="A desk by name, or a TOML file.")
@data_option
@click.option(
    "--outbox", type=click.Path(dir_okay=False, path_type=Path), help="Where alerts are kept. Default: the user's data."
)
@click.option(
    "--webhook",
    "webhooks",
    multiple=True,
    metavar="URL",
    help="Post alerts here, signed with CROSSCURRENT_WEBHOOK_SECRET.",
)
@click.option(
    "--send",
    "services",
    multiple=True,
    metavar="URL",
    help="E-mail or desktop, an apprise URL; env:NAME reads it from the environment.",
)
@click.option("--quiet", metavar="FROM-UNTIL", help="Hours in which nobody is woken, such as 22:00-07:00.")
@click.option("--zone", default="America/New_York", show_default=True, help="The zone of --quiet.")
@click.option(
    "--every",
    default=15,
    show_default=True,
    type=click.IntRange(1, 1440),
    help="Minutes between looks for a bar that is due.",
)
@click.option("--once", is_flag=True, help="Look once and end.")
def watch(
    desk: str, data: str, outbox: Path | None, webhooks: tuple[str, ...], services: tuple[str, ...], quiet: str | None, zone: str,
    every: int, once: bool,
) -> None:  # fmt: skip
    """Follow a desk's markets and tell what each close makes true: breaks, candles, shelves touched, setups, links, drivers, policy.

    The first look tells nothing: it is what later ones are compared with. No alert is told twice, none is lost over a restart.
    """
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import read_desk
    from crosscurrent.watch.outbox import Outbox
    from crosscurrent.watch.schedule import Quiet
    from crosscurrent.watch.watching import Watch

    chosen = read_desk(desk)
    watching = Watch(
        chosen, lambda: open_source(data, now()), Outbox(outbox or outbox_file()), list(_channels(webhooks, services)),
        Quiet.parse(quiet, zone) if quiet else None, lambda sentence: click.echo(f"note: {sentence}", err=True),
    )  # fmt: skip
    watching.look(now())
    while not once:
        _sleep_until_next(watching, every)
        watching.look(now())


def outbox_file() -> Path:
    """Return where alerts are kept when nobody says: beside the ledger."""
    from crosscurrent.evaluate.ledger.store import ledger_file

    return ledger_file().with_name("outbox.sqlite")


def _channels(webhooks: tuple[str, ...], services: tuple[str, ...]) -> Iterator[Channel]:
    from crosscurrent.watch.channels import Services, Terminal, Webhook
    from crosscurrent.watch.guard import allowed

    yield Terminal(click.echo)
    secret = os.environ.get("CROSSCURRENT_WEBHOOK_SECRET", "")
    for url in webhooks:
        if not secret:
            raise RequestError("A webhook is signed: put a secret of your own into CROSSCURRENT_WEBHOOK_SECRET.")
        allowed(url)  # what can never be called is refused at the start, not at the first alert
        yield Webhook(url, secret.encode())
    for url in services:
        yield Services(os.environ.get(url.removeprefix("env:"), "") if url.startswith("env:") else url)


def _sleep_until_next(watching: Watch, every: int) -> None:
    from crosscurrent import markets as known
    from crosscurrent.watch.schedule import next_look

    names = (known.find(market.name) for market in watching.desk.markets)
    exchanges = {one.exchange for one in names if one is not None} or {"NYSE"}
    moment = next_look(now(), exchanges, np.timedelta64(every, "m"))
    time.sleep(max(float((moment - now()) / np.timedelta64(1, "s")), 1.0))
