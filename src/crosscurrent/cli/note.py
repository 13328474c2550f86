"""`crosscurrent note`: write a desk's note."""

from __future__ import annotations

from pathlib import Path

import click

from crosscurrent.cli.options import as_of_option, data_option, json_option, print_json, the_day

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
@json_option
def note(desk: str, data: str, as_of: str | None, out: Path, as_json: bool) -> None:
    """Write a desk's note: note.html, note.md, note.json and charts. With --json print the document and write nothing."""
    from crosscurrent.cli.progress import steps, tell_first_use
    from crosscurrent.cli.tables import table_of
    from crosscurrent.note.analysis import Missing
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import read_desk, read_pack
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

        written = write_note(
            taken.snapshot, chosen, pack, source=source.name, missing=missing, calendar=table_of(source, "events")
        )
        if as_json:
            from crosscurrent.publish.document import document

            print_json(document(written))
            return
        step("Drawing the charts and writing the pages")
        from crosscurrent.publish.folder import write_folder

        paths = write_folder(written, out)
    click.echo(f"{written.title}")
    click.echo(f"{paths[0]}")
