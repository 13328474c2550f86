"""`crosscurrent ledger`: what was published, whether anybody changed it, and how it ended."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json

if TYPE_CHECKING:
    from crosscurrent.evaluate.ledger import Entry, Ledger
    from crosscurrent.evaluate.ledger.scoring import Score

__all__ = ["ledger", "ledger_option", "now", "open_ledger"]

ledger_option = click.option(
    "--ledger",
    "file",
    default=None,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The record. Default: in the user's data.",
)


def open_ledger(file: Path | None) -> Ledger:
    """Return the ledger at a path, or where the environment or the platform keeps it."""
    from crosscurrent.evaluate.ledger import Ledger, ledger_file

    return Ledger(file or ledger_file())


def now() -> np.datetime64:
    """Return the moment, UTC, to the second: the clock is read here and handed down."""
    return np.datetime64(datetime.now(UTC).replace(tzinfo=None, microsecond=0), "s")


@click.group()
def ledger() -> None:
    """Look at the record: list it, verify it, score it, export it."""


@ledger.command("list")
@ledger_option
@json_option
def list_(file: Path | None, as_json: bool) -> None:
    """List the entries, oldest first."""
    entries = open_ledger(file).entries()
    if as_json:
        print_json([_short(entry) for entry in entries])
        return
    for entry in entries:
        click.echo(f"{entry.id:>6}  {entry.recorded_at}  {entry.kind:<10}  {_about(entry)}")


@ledger.command()
@ledger_option
@click.option(
    "--head",
    "kept",
    default=None,
    metavar="NUMBER:HASH",
    help="A head that was kept elsewhere: the record must still hold it.",
)
@json_option
def verify(file: Path | None, kept: str | None, as_json: bool) -> None:
    """Check every entry and print the head. Ends with 1 when the record is broken, with the first broken entry named."""
    from crosscurrent.evaluate.ledger import Head

    head, broken = open_ledger(file).verify(Head.parse(kept) if kept else None)
    if as_json:
        told = {"entry": broken.entry, "rule": broken.rule} if broken else None
        print_json({"entries": head.entries, "head": str(head), "whole": broken is None, "broken": told})
    else:
        click.echo(
            f"broken at {broken}"
            if broken and broken.entry
            else f"broken: {broken}"
            if broken
            else f"whole: {head.entries} entries"
        )
        click.echo(f"head {head}" if not broken else f"whole until entry {head.entries}")
    if broken:
        sys.exit(1)


@ledger.command()
@ledger_option
@click.option("--format", "form", default="jsonl", show_default=True, type=click.Choice(["jsonl", "csv"]))
def export(file: Path | None, form: str) -> None:
    """Write the whole record to standard output, as JSON lines or as CSV."""
    from crosscurrent.evaluate.ledger.exporting import as_csv, as_json_lines

    entries = open_ledger(file).entries()
    if form == "csv":
        click.echo(as_csv(entries), nl=False)
    else:
        for line in as_json_lines(entries):
            click.echo(line)


@ledger.command()
@ledger_option
@data_option
@as_of_option
@click.option("--record", "keep", is_flag=True, help="Add the ends that are not recorded yet.")
@json_option
def score(file: Path | None, data: str, as_of: str | None, keep: bool, as_json: bool) -> None:
    """Follow every published setup on the data and tell how they ended, beside chance."""
    from crosscurrent.cli.opening import open_markets, tell_gaps
    from crosscurrent.evaluate.ledger.recording import followed, record_ends
    from crosscurrent.evaluate.ledger.scoring import score as scored

    kept = open_ledger(file)
    markets = dict.fromkeys(e.payload["setup"]["market"] for e in kept.entries() if e.kind == "setup")
    opened = open_markets(data, (), as_of, also=markets)
    if keep:
        record_ends(kept, opened.snapshot, now())
    found = scored(followed(kept.entries(), opened.snapshot))
    if as_json:
        print_json(found.to_json())
        return
    tell_gaps(opened.gaps)
    _print(found)


@ledger.command()
@click.argument("entry", type=int)
@click.option("--reason", required=True, help="What is wrong with it.")
@ledger_option
def correct(entry: int, reason: str, file: Path | None) -> None:
    """Add a correction that refers to ENTRY; nothing that was recorded is changed."""
    from crosscurrent.evaluate.ledger.recording import correct as corrected

    click.echo(f"entry {corrected(open_ledger(file), entry, reason, now()).id}")


def _print(found: Score) -> None:
    for case in found.cases:
        outcome = case.outcome
        end = "" if outcome.session is None else f" on {outcome.session}"
        paid = "" if outcome.r is None else f", {outcome.r:+.2f} R"
        late = ", recorded after the fact" if outcome.after_the_fact else ""
        doubt = ", stop and target in one bar" if outcome.same_bar else ""
        click.echo(f"{case.setup.id:<40} {outcome.status.replace('_', ' ')}{end}{paid}{doubt}{late}")
    if found.n and found.interval is not None:
        low, high = found.interval
        click.echo(f"{found.reached} of {found.n} trades took their first target (95% {low:.0%} to {high:.0%}); by chance {found.null:.0%}; "
                   f"mean {found.mean_r:+.2f} R after costs")  # fmt: skip
    uncounted = sum(case.outcome.after_the_fact for case in found.cases)
    if uncounted:
        click.echo(
            f"{uncounted} of {len(found.cases)} setups were recorded after the bars that judge them had closed: shown, and counted nowhere"
        )
    click.echo(found.verdict)


def _short(entry: Entry) -> dict[str, Any]:
    """Return an entry without the note's document, which `export` gives."""
    payload = {name: value for name, value in entry.payload.items() if name != "document"}
    return entry.to_json() | {"payload": payload}


def _about(entry: Entry) -> str:
    payload = entry.payload
    match entry.kind:
        case "note":
            return f"{payload['desk']}, {payload['as_of']}: {payload['title']}"
        case "setup":
            return str(payload["setup"]["id"])
        case "outcome":
            paid = "" if payload["r"] is None else f", {payload['r']:+.2f} R"
            return f"{payload['setup']}: {payload['status'].replace('_', ' ')} on {payload['session']}{paid}"
        case "correction":
            return f"of entry {payload['refers_to']}: {payload['reason']}"
    return f"format {payload['version']}"
