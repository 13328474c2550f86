"""The Python API: the few functions that notebooks and programs need, on frames or on any source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from crosscurrent.errors import UnknownName
from crosscurrent.facts.fact import Fact
from crosscurrent.intermarket.correlation import Correlation
from crosscurrent.note.analysis import Missing
from crosscurrent.note.note import Note
from crosscurrent.sources import open_source
from crosscurrent.sources.frames import Frames
from crosscurrent.sources.source import Source, resolve
from crosscurrent.sources.taking import take

if TYPE_CHECKING:
    import pandas as pd

    from crosscurrent.audit import Audit

__all__ = ["audit", "correlate", "facts", "forming", "note", "write"]

Data = str | Path | Mapping[str, Any] | Source
Day = str | np.datetime64 | None


def facts(
    frame: Any,
    market: str = "market",
    *,
    kinds: tuple[str, ...] = (),
    interval: str = "1d",
    basis: str | None = None,
    as_of: Day = None,
) -> pd.DataFrame:
    """Return every fact of a market as a DataFrame, oldest first, because research starts from a table.

    A row is known at `known_at` (UTC) and never changes when later bars are added. Readings are columns prefixed `reading_`, NaN where
    a fact has none; `anchors` holds pairs of session and price.

    Parameters
    ----------
    frame
        Bars as a pandas or polars DataFrame or an Arrow table, with a DatetimeIndex or a date column; columns in any case. Left as
        it was. A mapping of names to frames may hold the market's reference too (NDX for NQ), so that rolls can be adjusted.
    market
        What the frame is; a known name brings its tick, sessions and rolls.
    kinds
        Only these; all when empty. `UnknownName` offers the nearest.
    """
    return _as_frame(_look(frame, market, interval, basis, as_of, kinds).facts(*kinds))


def forming(frame: Any, market: str = "market", *, kinds: tuple[str, ...] = (), as_of: Day = None) -> pd.DataFrame:
    """Return what is forming at the last bar: about the present only, never part of history; parameters as of `facts`."""
    return _as_frame(_look(frame, market, "1d", None, as_of, kinds).forming(*kinds))


def _look(frame: Any, market: str, interval: str, basis: str | None, as_of: Day, kinds: tuple[str, ...]) -> Any:
    from crosscurrent.pipeline import all_kinds, look

    for kind in kinds:
        if kind not in all_kinds():
            raise UnknownName("kind of fact", kind, all_kinds())
    source = Frames(frame if isinstance(frame, Mapping) else {market: frame})
    name = resolve(source, market)
    source.bars(name)
    taken = take(source, source.markets(), as_of)
    return look(taken.snapshot, [name], interval=interval, basis=basis)[name]


def _as_frame(found: list[Fact]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "known_at": pd.Timestamp(fact.known_at, tz="UTC"), "session": pd.Timestamp(fact.session), "kind": fact.kind,
            "stage": fact.stage, "direction": fact.direction, "market": fact.market, "interval": fact.interval, "basis": fact.basis,
            "strictness": fact.strictness, "subject": fact.subject,
            "anchors": [(pd.Timestamp(a.session), a.price) for a in fact.anchors],
            **{f"reading_{name}": value for name, value in fact.readings.items()},
        }
        for fact in found
    ]  # fmt: skip
    columns = [
        "known_at",
        "session",
        "kind",
        "stage",
        "direction",
        "market",
        "interval",
        "basis",
        "strictness",
        "subject",
        "anchors",
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)


def correlate(data: Data, a: str, b: str, window: int = 10, *, as_of: Day = None) -> Correlation:
    """Return how two markets moved together: levels, changes, and what unrelated series would show.

    `data` is a folder, a source's name, or frames by market. See `intermarket.correlation.correlate` for definitions and errors.
    """
    from crosscurrent.intermarket.correlation import correlate as measured

    source = _source(data)
    names = [resolve(source, name) for name in (a, b)]
    return measured(take(source, names, as_of).snapshot, names[0], names[1], window)


def note(desk: str = "sample", data: Data = "sample", *, as_of: Day = None) -> Note:
    """Return the note that a desk could have written at a date.

    Parameters
    ----------
    desk
        A desk of the package by name, or the path of a TOML file.
    data
        A folder, a source's name, or frames by market.
    as_of
        All closes labelled with this date or earlier; by default the last one (for the sample: the desk's own date).
    """
    from crosscurrent.evaluate.experience import learn
    from crosscurrent.pipeline import write_note
    from crosscurrent.sources.desks import may_embed, read_desk, read_pack

    chosen = read_desk(desk)
    source = _source(data)
    day = as_of if as_of is not None else chosen.default_as_of if data == "sample" else None
    taken = take(source, chosen.all_names(), day)
    missing = tuple(Missing(gap.what, gap.why) for gap in taken.gaps)
    return write_note(
        taken.snapshot, chosen, read_pack(chosen.disclosure), source=source.name, missing=missing, learn=learn,
        embeds_bars=may_embed(chosen, source),
    )  # fmt: skip


def write(note: Note, folder: str | Path, *, pdf: bool = False) -> tuple[Path, ...]:
    """Write a note's page, Markdown, JSON and charts into a folder and return the paths; `StorageError` leaves old files intact.

    With `pdf` the PDF too, which needs the extra of that name.
    """
    from crosscurrent.publish.folder import write_folder

    return write_folder(note, Path(folder), has_pdf=pdf)


def audit(claims: Any, data: Data = "sample", *, as_of: Day = None) -> Audit:
    """Return the verdict on each claim of a document, because a statement about a market can be checked.

    Parameters
    ----------
    claims
        A path, a text in YAML or JSON, a mapping or a list of claims; see `docs/claims.md`. What cannot be read is a verdict of its own.
    data
        A folder, a source's name, or frames by market.
    as_of
        The date of claims that name none.
    """
    from crosscurrent.audit import audit as checked

    return checked(claims, _source(data), default_day=None if as_of is None else np.datetime64(str(as_of), "D"))


def _source(data: Data) -> Source:
    if isinstance(data, Mapping):
        return Frames(data)
    return open_source(str(data)) if isinstance(data, str | Path) else data
