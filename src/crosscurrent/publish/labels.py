"""Where labels go so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["spread"]


def spread(wanted: Sequence[float], height: float, top: float, bottom: float) -> list[float]:
    """Return centres at least `height` apart inside a strip, moved as little as can be (least squares), in the order given.

    Labels that want the same place move apart evenly: neighbours that would overlap become one block at the mean of their wishes
    (pool adjacent violators). More labels than fit are pressed together evenly: leave the least important out beforehand.
    """
    if not wanted:
        return []
    gap = min(height, (bottom - top) / len(wanted))
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    blocks: list[tuple[float, int]] = []
    for rank, k in enumerate(order):
        blocks.append((wanted[k] - rank * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (low, m), (high, n) = blocks[-2:]
            blocks[-2:] = [((low * m + high * n) / (m + n), m + n)]
    first, last = top + gap / 2, bottom - gap / 2 - (len(wanted) - 1) * gap
    bases = [min(max(base, first), last) for base, n in blocks for _ in range(n)]
    centres = [0.0] * len(wanted)
    for rank, k in enumerate(order):
        centres[k] = bases[rank] + rank * gap
    return centres
