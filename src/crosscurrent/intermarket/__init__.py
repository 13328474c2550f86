"""How markets move together.

One file answers one question; the files beside them hold what several need. A new question is a file and a line in `RELATIONS`.
"""

from __future__ import annotations

__all__ = ["RELATIONS", "SHARED"]

RELATIONS: tuple[str, ...] = (
    "correlation",  # how two markets moved together, beside chance
    "rarity",  # how rare a move is, and since when the largest
    "rates",  # yields' moves and the policy path
    "curve",  # slopes, their moves by name, real yields
    "drivers",  # what drove a move
    "events",  # what markets did around scheduled releases
    "stock_bond",  # the sign of a correlation through time
    "lead_lag",  # who moves first
    "pairs",  # which market one follows
)
SHARED: tuple[str, ...] = ("rolling", "chance", "attribution", "policy_path", "meetings", "releases")
