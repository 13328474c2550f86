"""Tables of other shapes than bars, as the relations take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crosscurrent.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["table_of"]


def table_of(source: Source, shape: str) -> pd.DataFrame | None:
    """Return all tables of one shape (`contracts`, `events`, `meetings`, `probabilities`) as one frame, None when there is none."""
    import pandas as pd

    tables = source.tables(shape)
    return pd.concat([pd.DataFrame(dict(t.columns)) for t in tables], ignore_index=True) if tables else None
