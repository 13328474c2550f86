"""A watch over one market: what its detectors carry from bar to bar, so that a new bar costs a new bar and not the history.

What is carried can be stored as bytes and taken up by another process. It fits one history and one version of the detectors: when
either has changed, it is refused, and the watch begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import COLUMNS, Bars, Basis
from crosscurrent.errors import StaleWatch
from crosscurrent.structure.code import fingerprint
from crosscurrent.structure.detector import Detector
from crosscurrent.structure.look import Look, Tapes, begun_on_both, has_two_bases, looks_from
from crosscurrent.structure.tape import Tape

__all__ = ["Watch"]

WORD = 8
"""Each array begins where a number may, so that it need not be moved to be counted with."""
PADDING = bytes(WORD)
MARK = b"crosscurrent watch 2".ljust(3 * WORD)
Words = NDArray[np.uint64]
DTYPES = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.bool_))
SORTS = {dtype: sort for sort, dtype in enumerate(DTYPES)}


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """One market as its detectors last saw it.

    The rule that it keeps: *what a beginning reveals, and then each appended bar, is what a sweep of all the bars reveals*, to the
    last digit.

    Parameters
    ----------
    look
        What the latest bars revealed: at the beginning all of history, after `append` the facts of the new bars alone, when taken up
        from bytes those of the bars that have come since.
    detectors, basis
        Who looks, and on which prices, as `look_at` has it.
    seals
        A number for each tape that changes with any bar that it stands on.
    """

    look: Look
    detectors: tuple[Detector, ...]
    basis: Basis | None
    seals: tuple[int, ...]

    @classmethod
    def begin(cls, traded: Bars, adjusted: Bars, detectors: Iterable[Detector], basis: Basis | None = None) -> Watch:
        """Return a watch that has seen the whole history."""
        return cls.many([(None, traded, adjusted)], detectors, basis)[0]

    @classmethod
    def many(
        cls, markets: Iterable[tuple[bytes | None, Bars, Bars]], detectors: Iterable[Detector], basis: Basis | None = None
    ) -> list[Watch]:  # fmt: skip
        """Return the watches of many markets, each begun, or taken up from what was stored: a market among many costs less than alone."""
        who = tuple(detectors)
        tapes = [
            begun_on_both(traded, adjusted) if stored is None else _resumed(stored, traded, adjusted, who)
            for stored, traded, adjusted in markets
        ]
        return [cls._of(look, who, basis) for look in looks_from(tapes, who, basis)]

    def append(self, traded: Bars, adjusted: Bars) -> Watch:
        """Return the watch after new bars: both series are whole, what was seen and more.

        `StaleWatch` when bars that were seen have changed (a provider corrects its history) or are no longer there.
        """
        before = _tapes(self.look)
        _hold_bases(traded, adjusted, len(before))
        tapes = []
        for tape, seal, bars in zip(before, self.seals, (traded, adjusted), strict=False):
            _hold(bars, len(tape), seal)
            tapes.append(tape.append(bars))
        looks = looks_from([(tapes[0], tapes[-1])], self.detectors, self.basis)
        return self._of(looks[0], self.detectors, self.basis)

    def to_bytes(self) -> bytes:
        """Return what is carried, without the bars and without the facts: the caller keeps those."""
        parts = [MARK, fingerprint(self.detectors)]
        for tape, seal in zip(_tapes(self.look), self.seals, strict=True):
            arrays = [(name, array) for name, state in tape.states.items() for array in state]
            index = [number for name, array in arrays for number in _described(name, array)]
            parts.append(np.array([len(tape), seal, len(arrays), *index], np.int64).tobytes())
            parts += [part for _, array in arrays for part in (array.tobytes(), PADDING[: -array.nbytes % WORD])]
        return b"".join(parts)

    @classmethod
    def from_bytes(
        cls, stored: bytes, traded: Bars, adjusted: Bars, detectors: Iterable[Detector], basis: Basis | None = None
    ) -> Watch:
        """Return the watch that was stored, taken up with whole series that may have grown since.

        `StaleWatch` when it was stored by other detectors or another version of them, or when bars that it had seen have changed.
        """
        return cls.many([(stored, traded, adjusted)], detectors, basis)[0]

    @classmethod
    def _of(cls, look: Look, detectors: tuple[Detector, ...], basis: Basis | None) -> Watch:
        return cls(look, detectors, basis, tuple(_seal(tape.bars, len(tape)) for tape in _tapes(look)))


def _tapes(look: Look) -> tuple[Tape, ...]:
    """Return the tapes of the bars that are over, one where both bases are one."""
    return (look.traded.closed,) if look.adjusted is look.traded else (look.traded.closed, look.adjusted.closed)


def _hold_bases(traded: Bars, adjusted: Bars, count: int) -> None:
    if has_two_bases(traded, adjusted) != (count == 2):
        raise StaleWatch(traded.market, "it was seen on another number of bases than it is told on now")


def _hold(bars: Bars, seen: int, seal: int) -> None:
    if len(bars) < seen or _seal(bars, seen) != seal:
        raise StaleWatch(bars.market, f"the first {seen} bars are no longer those that were seen")


def _seal(bars: Bars, n: int) -> int:
    """Return a number that changes when any price, volume, shift or session among the first bars does, or their order."""
    columns = [getattr(bars, name).view(np.uint64) for name in (*COLUMNS, "shift", "session")]
    return int(sealed(n, *columns)) % 2**63


@numba.njit(cache=True, nogil=True)
def sealed(
    n: int, open_: Words, high: Words, low: Words, close: Words, volume: Words, shift: Words, session: Words
) -> np.uint64:
    """Return the sum of each column's first words, each times its place, as the digits of one number that runs over."""
    total = np.uint64(0)
    for column in (open_, high, low, close, volume, shift, session):
        total *= np.uint64(31)
        for t in range(n):
            total += column[t] * np.uint64(t + 1)
    return total


def _resumed(stored: bytes, traded: Bars, adjusted: Bars, who: tuple[Detector, ...]) -> Tapes:
    """Return the tapes that were stored, with these bars; `StaleWatch` as `from_bytes` has it."""
    head = len(MARK) + len(fingerprint(who))
    if stored[:head] != MARK + fingerprint(who):
        raise StaleWatch(traded.market, "what was stored is of other detectors, or of another version of them")
    tapes, place, own = [], head, bytearray(stored)
    for bars in (traded, adjusted):
        if place < len(own):
            tape, place = _taken_up(own, place, bars)
            tapes.append(tape)
    _hold_bases(traded, adjusted, len(tapes))
    return tapes[0], tapes[-1]


def _described(name: int, array: NDArray[np.generic]) -> tuple[int, int, int, int, int]:
    """Return the row of the index that tells an array: its name, sort of number, dimensions and size."""
    return name, SORTS[array.dtype], array.ndim, len(array), array.shape[-1]


def _taken_up(stored: bytearray, place: int, bars: Bars) -> tuple[Tape, int]:
    """Return the tape whose states begin at a place, with these bars, and the place after them."""
    seen, seal, count = np.frombuffer(stored, np.int64, 3, place).tolist()
    _hold(bars, seen, seal)
    place += 24
    index = np.frombuffer(stored, np.int64, 5 * count, place).reshape(-1, 5).tolist()
    place += 40 * count
    states: dict[int, list[NDArray[np.generic]]] = {}
    for name, sort, ndim, length, width in index:
        array = np.ndarray((length, width)[:ndim], DTYPES[sort], stored, place)
        states.setdefault(name, []).append(array)
        place += array.nbytes + -array.nbytes % WORD
    return Tape.resuming(bars, seen, {name: tuple(state) for name, state in states.items()}), place
