"""`crosscurrent note`: write a desk's note."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.ledger import ledger_option, now, open_ledger
from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json, the_day

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot
    from crosscurrent.evaluate.ledger import Ledger
    from crosscurrent.note.last import LastNote
    from crosscurrent.note.note import Note

__all__ = ["note"]


@click.command()
@click.option(
    "--desk",
    "desk",
    default="sample",
    show_default=True,
    metavar="NAME|FILE",
    help="A desk of the package, or a TOML file.",
)
@data_option
@as_of_option
@click.option(
    "--out",
    default="out",
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the files go.",
)
@click.option(
    "--publish", is_flag=True, help="Record the note and its setups in the ledger once the files are written."
)
@ledger_option
@click.option(
    "--embed-bars/--no-embed-bars",
    default=None,
    help="Whether the page may carry its charts' bars. Default: as the desk or the data say.",
)
@json_option
def note(
    desk: str,
    data: str,
    as_of: str | None,
    out: Path,
    publish: bool,
    file: Path | None,
    embed_bars: bool | None,
    as_json: bool,
) -> None:
    """Write a desk's note: note.html, note.md, note.json and charts. With --json print the document and write nothing.

    With a ledger the note opens with what became of the last one.
    """
    if publish and as_json:
        raise click.UsageError("--publish records what was written; with --json nothing is written.")
    from crosscurrent.cli.progress import steps, tell_first_use
    from crosscurrent.cli.tables import table_of
    from crosscurrent.note.analysis import Missing
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import may_embed, read_desk, read_pack
    from crosscurrent.sources.taking import take

    chosen = read_desk(desk)
    pack = read_pack(chosen.disclosure)
    day = the_day(as_of or (chosen.default_as_of if data == "sample" else None))
    with steps(quiet=as_json) as step:
        step("Reading the data")
        source = open_source(data)
        taken = take(source, chosen.all_names(), day)
        missing = tuple(Missing(g.what, g.why) for g in taken.gaps)
        tell_first_use()
        step("Looking, comparing, planning")
        from crosscurrent.pipeline import write_note

        record = open_ledger(file) if publish or file else None
        written = write_note(
            taken.snapshot, chosen, pack, source=source.name, missing=missing, calendar=table_of(source, "events"),
            last=_last_note(record, taken.snapshot, chosen.name, publish),
            embeds_bars=may_embed(chosen, source) if embed_bars is None else embed_bars,
        )  # fmt: skip
        if as_json:
            from crosscurrent.publish.document import document

            print_json(document(written))
            return
        step("Drawing the charts and writing the pages")
        from crosscurrent.publish.folder import write_folder

        paths = write_folder(written, out)
        if publish and record is not None:
            step("Recording it")
            _publish(record, written, taken.snapshot)
    click.echo(f"{written.title}")
    click.echo(f"{paths[0]}")


def _last_note(record: Ledger | None, snapshot: Snapshot, desk: str, may_be_new: bool) -> LastNote | None:
    if record is None or (may_be_new and not record.path.exists()):
        return None
    from crosscurrent.evaluate.ledger.scoring import last_note

    return last_note(record.entries(), snapshot, desk)


def _publish(record: Ledger, written: Note, snapshot: Snapshot) -> None:
    from crosscurrent.evaluate.ledger.recording import publish, record_ends
    from crosscurrent.publish.document import document

    moment = now()
    closes = {s.market: float(snapshot.traded(s.market).close[-1]) for s in written.setups}
    record_ends(record, snapshot, moment)
    added = publish(record, document(written), written.setups, closes, moment)
    click.echo(f"recorded as entry {added[0].id} of {record.path}" if added else f"already recorded in {record.path}")
