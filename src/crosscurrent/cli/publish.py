"""`crosscurrent publish`: put a desk's note on a site of notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosscurrent.cli.ledger import ledger_option, now, open_ledger
from crosscurrent.cli.writing import Asked, Written, note_options, record, write

if TYPE_CHECKING:
    from crosscurrent.evaluate.ledger.scoring import Score

__all__ = ["publish"]


@click.command()
@click.argument("site", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@note_options
@click.option("--title", default="", help="What the site is called. Kept; by default the publisher's name.")
@click.option("--address", default="", metavar="URL", help="Where the site will be served, for the feed's links. Kept.")
@click.option(
    "--correct", "correction", default="", metavar="WHY", help="Publish a correction beside a note of the same day."
)
@click.option("--pdf", "has_pdf", is_flag=True, help="Publish note.pdf too (needs the extra `pdf`).")
@click.option("--record/--no-record", "keep", default=False, help="Record the note and its setups in the ledger too.")
@ledger_option
def publish(
    site: Path, title: str, address: str, correction: str, has_pdf: bool, keep: bool, file: Path | None, **asked: str | Path | bool | None
) -> None:  # fmt: skip
    """Write a desk's note onto the site of static files in DIR: the note's page, index, archive, scorecard and Atom feed.

    A note that lies there never changes: another one for the same desk and day is refused, unless --correct says why it is needed.
    """
    from crosscurrent.cli.progress import steps
    from crosscurrent.publish.site.publishing import Site
    from crosscurrent.publish.site.publishing import publish as put

    with steps(quiet=False) as step:
        kept = open_ledger(file) if keep or file else None
        written = write(Asked(**asked), step, kept, may_be_new=keep)  # type: ignore[arg-type]
        told = record(file, written) if keep else ""
        step("Drawing the charts and writing the pages")
        score = _score(file, written) if kept is not None else None
        placed = put(
            written.note, site, now(), site=Site(title, address), score=score, correction=correction, has_pdf=has_pdf
        )
    if told:
        click.echo(told)
    click.echo(f"{placed / 'note.html'}")


def _score(file: Path | None, written: Written) -> Score:
    from crosscurrent.evaluate.ledger.recording import followed
    from crosscurrent.evaluate.ledger.scoring import score

    return score(followed(open_ledger(file).entries(), written.snapshot))
