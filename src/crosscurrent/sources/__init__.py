"""Where bars come from: files, the packaged sample, the archive, providers. All input and output is here or above."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crosscurrent.errors import RequestError, UnknownName

if TYPE_CHECKING:
    from crosscurrent.sources.source import Source

__all__ = ["SOURCES", "Opening", "open_source"]


@dataclass(frozen=True, slots=True)
class Opening:
    """A source's name, what it is, and how it is opened; its module loads only when it is.

    `open` takes the present moment (UTC, or None), by which providers tell a running session from the future.
    """

    name: str
    summary: str
    open: Callable[[np.datetime64 | None], Source]


def _sample(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.sample import Sample

    return Sample()


def _archive(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.archive import Archive

    return Archive()


def _yahoo(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.yahoo import Yahoo

    return Yahoo(now)


def _fred(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.fred import Fred

    return Fred(now)


def _crypto(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.crypto import Crypto

    return Crypto(now)


def _databento(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.databento import Databento

    return Databento(now)


def _interactive_brokers(now: np.datetime64 | None) -> Source:
    from crosscurrent.sources.interactive_brokers import InteractiveBrokers

    return InteractiveBrokers(now)


def _exchange(name: str, now: np.datetime64 | None) -> Source:
    """Return an exchange of crypto currencies, as ccxt names it."""
    from crosscurrent.sources.crypto import Crypto

    return Crypto(now, exchange=name)


def _archive_at(text: str) -> Source:
    """Return the archive as it stood at the end of a day, or at a moment, UTC."""
    from crosscurrent.sources.archive import Archive

    try:
        moment = np.datetime64(text.removesuffix("Z"))
    except ValueError:
        raise RequestError(f"archive@{text}: write a day or a moment, for example archive@2025-01-17.") from None
    is_day = moment.dtype == np.dtype("datetime64[D]")
    return Archive(known_at=moment + np.timedelta64(86_399, "s") if is_day else moment.astype("datetime64[s]"))


SOURCES = (
    Opening("sample", "two decades of stocks and rates that come with the package", _sample),
    Opening("archive", "what was fetched before, with its checksums", _archive),
    Opening("yahoo", "Yahoo's daily bars (needs the extra `live`)", _yahoo),
    Opening("fred", "series of the Federal Reserve Bank of St. Louis", _fred),
    Opening(
        "crypto", "daily bars of an exchange, crypto@kraken for one of your choice (needs the extra `crypto`)", _crypto
    ),
    Opening("databento", "CME futures, contracts and continuous (needs the extra `databento` and a key)", _databento),
    Opening("ibkr", "Interactive Brokers by your own workstation (needs the extra `ibkr`)", _interactive_brokers),
)


def open_source(spec: str, now: np.datetime64 | None = None) -> Source:
    """Return the source that `--data` names: one of `SOURCES`, a folder of files, or a universe in one Parquet file.

    `archive@2025-01-17` is the archive as it stood at the end of that day: what was restated later is read as it was. `crypto@kraken`
    is that exchange.

    A name in `SOURCES` wins over a folder of that name (write `./sample` for the folder). `UnknownName` for what is neither,
    `MissingData` for a path that is no folder.
    """
    named = {opening.name: opening for opening in SOURCES}
    if spec in named:
        return named[spec].open(now)
    if spec.startswith("archive@"):
        return _archive_at(spec.removeprefix("archive@"))
    if spec.startswith("crypto@"):
        return _exchange(spec.removeprefix("crypto@"), now)
    if not {"/", "\\", "."} & set(spec) and not os.path.isdir(spec):  # noqa: PTH112 - unlike pathlib's, it never raises
        raise UnknownName("source or folder", spec, named)
    if spec.endswith(".parquet"):
        from crosscurrent.sources.compacted import Compacted

        return Compacted(spec)
    from crosscurrent.sources.files import Files

    return Files(spec)
