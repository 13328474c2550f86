"""`crosscurrent note`: write a desk's note."""

from __future__ import annotations

from pathlib import Path

import click

from crosscurrent.cli.ledger import ledger_option, open_ledger
from crosscurrent.cli.options import json_option, print_json
from crosscurrent.cli.writing import Asked, note_options, record, write

__all__ = ["note"]


@click.command()
@note_options
@click.option(
    "--out", default="out", show_default=True, metavar="DIR", type=click.Path(path_type=Path), help="Where the files go."
)  # fmt: skip
@click.option(
    "--publish", is_flag=True, help="Record the note and its setups in the ledger once the files are written."
)
@click.option("--pdf", "has_pdf", is_flag=True, help="Write note.pdf too (needs the extra `pdf`).")
@click.option("--mail", "has_mail", is_flag=True, help="Write the charts as wide as a mail too.")
@ledger_option
@json_option
def note(
    out: Path,
    publish: bool,
    has_pdf: bool,
    has_mail: bool,
    file: Path | None,
    as_json: bool,
    **asked: str | Path | bool | None,
) -> None:
    """Write a desk's note: note.html, note.md, note.json and charts. With --json print the document and write nothing.

    With a ledger the note opens with what became of the last one. The words of note.md may be edited and the note written again with
    --from: a number that was changed or typed by hand is refused with its line and column.
    """
    if publish and as_json:
        raise click.UsageError("--publish records what was written; with --json nothing is written.")
    from crosscurrent.cli.progress import steps

    with steps(quiet=as_json) as step:
        kept = open_ledger(file) if publish or file else None
        written = write(Asked(**asked), step, kept, may_be_new=publish)  # type: ignore[arg-type]
        if as_json:
            from crosscurrent.publish.document import document

            print_json(document(written.note))
            return
        step("Drawing the charts and writing the pages")
        from crosscurrent.publish.folder import write_folder

        paths = write_folder(written.note, out, has_pdf=has_pdf, has_mail=has_mail)
        told = record(file, written) if publish else ""
    if told:
        click.echo(told)
    click.echo(f"{written.note.title}")
    click.echo(f"{paths[0]}")
