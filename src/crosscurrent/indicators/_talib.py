"""The one door to TA-Lib, opened at first use.

`import talib` brings in pandas, and polars where it is installed, because both the package and its compiled half ask
for them: 0.25 s beside numpy alone, and nothing more once pandas is there. Loading the compiled half by itself saves
nothing, and hiding pandas while it loads would break other threads. So the import waits until a number is wanted, and a
command that computes none never pays.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

__all__ = ["talib"]


@cache
def talib() -> ModuleType:
    """Return TA-Lib."""
    import talib as library

    return library
