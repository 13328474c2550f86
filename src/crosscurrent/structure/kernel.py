"""How the kernels that are handed all their arrays are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

__all__ = ["kernel"]

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function that makes and returns no array.

    Whoever calls it holds its arrays, so it counts no references: for the small functions that a sweep calls at every bar, counting
    costs as much as what they do. A function that makes an array is refused.
    """
    compiled = numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
    return compiled(function)  # type: ignore[no-any-return]
