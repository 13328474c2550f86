"""`crosscurrent ledger`: what was published, whether anybody changed it, and how it ended."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosscurrent.cli.options import json_option, print_json

if TYPE_CHECKING:
    from crosscurrent.evaluate.ledger import Entry, Ledger

__all__ = ["ledger", "ledger_option", "open_ledger"]

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
