"""What the commands that write a note share: their options, and the way from a desk and its data to the note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from crosscurrent.cli.ledger import now, open_ledger
from crosscurrent.cli.options import the_day
from crosscurrent.errors import RejectedData

if TYPE_CHECKING:
    from crosscurrent.bars.snapshot import Snapshot
    from crosscurrent.evaluate.ledger import Ledger
    from crosscurrent.note.desk import Desk
    from crosscurrent.note.last import LastNote
    from crosscurrent.note.note import Note

__all__ = ["Asked", "Written", "note_options", "record", "write"]

DESK = click.option(
    "--desk", default="sample", show_default=True, metavar="NAME|FILE", help="A desk of the package, or a TOML file."
)
EDITS = click.option(
    "--from", "edits", default=None, metavar="note.md", type=click.Path(path_type=Path, dir_okay=False),
    help="An edited note.md whose words go over the note; its numbers must be the note's own.",
)  # fmt: skip
EMBED = click.option(
    "--embed-bars/--no-embed-bars", default=None, help="Whether the page may carry its charts' bars. Default: as the desk or the data say."
)  # fmt: skip


def note_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which a note is asked for, in the order of the help."""
    from crosscurrent.cli.options import as_of_option, data_option

    for option in (EMBED, EDITS, as_of_option, data_option, DESK):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asked:
    """Which note is asked for: the words of the options."""

    desk: str
    data: str
    as_of: str | None
    edits: Path | None
    embed_bars: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A note and the snapshot that it was written from."""

    note: Note
    snapshot: Snapshot


def write(asked: Asked, step: Callable[[str], None], kept: Ledger | None, may_be_new: bool = False) -> Written:
    """Return the note that is asked for, with the edited words where there are any.

    With a ledger it opens with what became of the last one; `may_be_new` says that the ledger need not exist yet.
    """
    from crosscurrent.cli.progress import tell_first_use
    from crosscurrent.note.analysis import Missing
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import may_embed, read_desk, read_pack
    from crosscurrent.sources.tables import table_of
    from crosscurrent.sources.taking import take

    chosen = read_desk(asked.desk)
    pack = read_pack(chosen.disclosure)
    if pack.needs("produced_at") and "produced_at" not in chosen.fields:
        chosen = chosen.model_copy(update={"fields": chosen.fields | {"produced_at": f"{now()}Z"}})
    text = _edited_text(asked.edits)
    step("Reading the data")
    source = open_source(asked.data)
    taken = take(source, chosen.all_names(), _day(asked, chosen, text))
    tell_first_use()
    step("Looking, comparing, planning")
    from crosscurrent.evaluate.experience import learn
    from crosscurrent.pipeline import write_note

    note = write_note(
        taken.snapshot, chosen, pack, source=source.name, missing=tuple(Missing(g.what, g.why) for g in taken.gaps),
        calendar=table_of(source, "events"), meetings=table_of(source, "meetings"), learn=learn,
        last=_last_note(kept, taken.snapshot, chosen.name, may_be_new),
        embeds_bars=may_embed(chosen, source) if asked.embed_bars is None else asked.embed_bars,
    )  # fmt: skip
    return Written(note if text is None else _with_edits(note, text, asked.edits), taken.snapshot)


def _edited_text(edits: Path | None) -> str | None:
    if edits is None:
        return None
    try:
        return edits.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise RejectedData(edits.name, f"it cannot be read: {fault}") from None


def _day(asked: Asked, desk: Desk, text: str | None) -> np.datetime64 | None:
    """Return the date asked for, else that of the edited note, else the desk's own for the sample."""
    if asked.as_of is not None or text is None:
        return the_day(asked.as_of or (desk.default_as_of if asked.data == "sample" else None))
    from crosscurrent.publish.edited import named_in

    named = named_in(text)
    return the_day(named[1] if named else None)


def _with_edits(note: Note, text: str, edits: Path | None) -> Note:
    from crosscurrent.publish.edited import edited

    return edited(note, text, "note.md" if edits is None else edits.name)


def _last_note(kept: Ledger | None, snapshot: Snapshot, desk: str, may_be_new: bool) -> LastNote | None:
    if kept is None or (may_be_new and not kept.path.exists()):
        return None
    from crosscurrent.evaluate.ledger.scoring import last_note

    return last_note(kept.entries(), snapshot, desk)


def record(file: Path | None, written: Written) -> str:
    """Record a written note and its setups in the ledger, after the ends that are known by now; return what was done."""
    from crosscurrent.evaluate.ledger.recording import publish, record_ends
    from crosscurrent.publish.document import document

    kept, moment = open_ledger(file), now()
    closes = {s.market: float(written.snapshot.traded(s.market).close[-1]) for s in written.note.setups}
    record_ends(kept, written.snapshot, moment)
    added = publish(kept, document(written.note), written.note.setups, closes, moment)
    return f"recorded as entry {added[0].id} of {kept.path}" if added else f"already recorded in {kept.path}"
