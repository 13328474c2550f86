"""Files written whole or not at all: a reader never sees half of one, and a fault leaves the old one as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from crosscurrent.errors import StorageError

__all__ = ["replace_whole", "replacing", "storage_error"]

DAY = 86_400.0
FAULTS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file may not grow that large",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "there is no right to write it",
    errno.EPERM: "there is no right to write it",
    errno.EIO: "the disk failed",
}


def replace_whole(path: Path, data: bytes) -> Path:
    """Put `data` in the place of `path` in one step and return the path; `StorageError` leaves what was there before."""
    with replacing(path) as file:
        file.write(data)
    return path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Hand out a file beside `path` that takes its place in one step at the end; an error inside, or `StorageError`, leaves the old."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as fault:
        raise storage_error(path, fault, "written") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


@cache
def _sweep(folder: Path) -> None:
    """Take away, once a process, what writers that were killed left beside their files: what nobody has touched for a day."""
    for left in folder.glob(".*.new"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > DAY:
                left.unlink()


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_error(path: Path, fault: OSError, what: str) -> StorageError:
    """Return the error that says what the disk refused; `what` is `written` or `read`."""
    told = FAULTS.get(fault.errno or 0, fault.strerror or str(fault))
    return StorageError(
        str(path), f"it cannot be {what}: {told}", "What was kept before is intact." if what == "written" else ""
    )
