"""Put anybody's indicator or detector through the no-repaint checks: is what it said at a past close still what it says?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import RequestError
from crosscurrent.evaluate.no_repaint import ignores_the_future, never_repaints, poisoned
from crosscurrent.structure.detector import Detector

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Leak", "cuts_of", "leaks"]

TOLERANCE = 1e-9
EARLY = (9, 17, 33, 65, 129)


@dataclass(frozen=True, slots=True)
class Leak:
    """One statement about the past that later bars changed."""

    check: str
    sentence: str


def leaks(subject: object, bars: Bars, cuts: Iterable[int], rng: np.random.Generator) -> Iterator[Leak]:
    """Yield what the subject gets wrong, one finding a check; nothing when it never looks ahead on these bars.

    The subject is a `Detector` (or its class), or a function from a DataFrame of bars (open, high, low, close, volume, indexed by
    session) to one value a bar: a Series, a DataFrame or an array of that length. `RequestError` for anything else.
    """
    places = [c for c in cuts if 0 <= c < len(bars)]
    if isinstance(subject, type) and issubclass(subject, Detector):
        subject = subject()
    if isinstance(subject, Detector):
        found = (
            ("cut", never_repaints(subject, bars, places)),
            ("future", ignores_the_future(subject, bars, places, rng)),
        )
        yield from (Leak(check, sentence) for check, sentence in found if sentence)
    elif callable(subject):
        yield from _of_function(subject, bars, places, rng)
    else:
        raise RequestError(f"{subject!r} is neither a detector nor a function of a frame.", subject=repr(subject))


def _of_function(
    function: Callable[[pd.DataFrame], Any], bars: Bars, cuts: list[int], rng: np.random.Generator
) -> Iterator[Leak]:
    whole = _values(function, bars)
    for cut in cuts:
        then = _values(function, bars.first(cut + 1))
        if (sentence := _difference(then, whole[: cut + 1], bars)) is not None:
            yield Leak("cut", f"with the bars until {bars.session[cut]}: {sentence}")
            break
    for cut in cuts:
        for other in poisoned(bars, cut, rng):
            if (sentence := _difference(_values(function, other)[: cut + 1], whole[: cut + 1], bars)) is not None:
                yield Leak("future", f"with other prices after {bars.session[cut]}: {sentence}")
                return


def _values(function: Callable[[pd.DataFrame], Any], bars: Bars) -> NDArray[np.float64]:
    """Return what the function says, one row a bar, as numbers; the frame it is handed is its own copy."""
    import pandas as pd

    columns = {name: getattr(bars, name).copy() for name in ("open", "high", "low", "close", "volume")}
    try:
        values = np.asarray(function(pd.DataFrame(columns, index=pd.DatetimeIndex(bars.session))), dtype=np.float64)
    except Exception as fault:
        raise RequestError(
            f"The function failed on the first {len(bars)} bars of {bars.market}: {fault!r}.", bars=len(bars)
        ) from fault
    if values.shape[:1] != (len(bars),):
        shape = values.shape
        raise RequestError(
            f"The function gave {shape} for {len(bars)} bars; it must give one value (or row) a bar.", shape=shape
        )
    return values.reshape(len(bars), -1)


def _difference(then: NDArray[np.float64], still: NDArray[np.float64], bars: Bars) -> str | None:
    same = np.isclose(then, still, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True).all(axis=1)
    if same.all():
        return None
    first = int(np.flatnonzero(~same)[0])
    return f"the value of {bars.session[first]} was {_told(then[first])} and is {_told(still[first])}"


def _told(values: NDArray[np.float64]) -> str:
    return ", ".join("nothing" if np.isnan(v) else f"{v:.10g}" for v in values)


def cuts_of(n: int, count: int, rng: np.random.Generator) -> list[int]:
    """Return about `count` places to cut: drawn anywhere, the last ones, and early ones, where warm-ups filled backwards show."""
    if n < 3:
        return []
    return sorted({*rng.integers(0, n - 1, count).tolist(), *(early for early in EARLY if early < n - 1), n - 3, n - 2})
