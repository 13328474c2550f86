"""A desk's past notes, written into a folder a note: what `replay --notes` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from crosscurrent.cli.options import the_day
from crosscurrent.cli.replaying import ahead_in
from crosscurrent.errors import MissingData
from crosscurrent.sources.tables import table_of

if TYPE_CHECKING:
    import numpy as np

    from crosscurrent.bars.bars import Sessions
    from crosscurrent.evaluate.past_notes import PastNotes
    from crosscurrent.evaluate.replay import Every
    from crosscurrent.note.desk import Desk
    from crosscurrent.sources.source import Source

__all__ = ["write_past_notes"]


def write_past_notes(
    desk: str, data: str, since: str | None, until: str | None, every: Every, out: Path, show: Callable[[str], None]
) -> Iterator[Path]:
    """Write the note of each close of the desk's first index market into `out`/DATE and yield its page.

    A note that is there already is left as it is, so that what was stopped goes on where it ended.
    """
    from crosscurrent.sources import open_source
    from crosscurrent.sources.desks import read_desk

    chosen, source = read_desk(desk), open_source(data)
    show("Sweeping the past")
    record, days = _opened(chosen, source, the_day(since), the_day(until), every)
    for place, day in enumerate(days):
        show(f"{day} ({place + 1} of {len(days)})")
        folder = out / str(day)
        if not (folder / "note.json").exists():
            _write(chosen, source, day, record, folder)
        record.add(day, json.loads((folder / "note.json").read_text("utf-8"))["title"]["text"])
        yield folder / "note.html"


def _opened(
    desk: Desk, source: Source, since: np.datetime64 | None, until: np.datetime64 | None, every: Every
) -> tuple[PastNotes, Sessions]:
    from crosscurrent.evaluate.past_notes import PastNotes
    from crosscurrent.evaluate.replay import Past, closes
    from crosscurrent.sources.taking import take

    snapshot = take(source, desk.all_names()).snapshot
    beside = next((m.name for m in desk.with_role("filter") if snapshot.has(m.name)), None)
    ahead = ahead_in(source)
    pasts = {m.name: Past.of(snapshot, m.name, beside, ahead) for m in desk.with_role("index") if snapshot.has(m.name)}
    if not pasts:
        raise MissingData(f"Any index market of the desk {desk.name}", source.name)
    days = closes(next(iter(pasts.values())).bars, since, until, every)
    if not len(days):
        raise MissingData(f"A close from {since or 'the first'} to {until or 'the last'}", source.name)
    return PastNotes(pasts), days


def _write(desk: Desk, source: Source, day: np.datetime64, record: PastNotes, folder: Path) -> None:
    from crosscurrent.evaluate.experience import learn
    from crosscurrent.note.analysis import Missing
    from crosscurrent.pipeline import write_note
    from crosscurrent.publish.folder import write_folder
    from crosscurrent.sources.desks import may_embed, read_pack
    from crosscurrent.sources.taking import take

    taken = take(source, desk.all_names(), day)
    note = write_note(
        taken.snapshot, desk, read_pack(desk.disclosure), source=source.name, calendar=table_of(source, "events"),
        meetings=table_of(source, "meetings"), missing=tuple(Missing(g.what, g.why) for g in taken.gaps), learn=learn,
        last=record.last(taken.snapshot), embeds_bars=may_embed(desk, source),
    )  # fmt: skip
    write_folder(note, folder)
