"""One peer on many series, in a Python that may not know this project: `python detection_labels.py PEER SERIES.npz`.

Called by `detection_peers.py` inside a virtual environment of its own. Prints one line of JSON: the peer's version, and of each series
the labels it gives: names with the bars at which they begin, or of trendln slope and value at bar zero of each line.
"""

import json
import logging
import sys
import warnings
from importlib.metadata import version

NAMES = {
    "ta-patterns": {
        "falling_wedge": "falling_wedge", "rising_wedge": "rising_wedge", "ascending_triangle": "ascending_triangle",
        "descending_triangle": "descending_triangle", "symmetrical_triangle": "symmetrical_triangle", "double_top": "double_top",
        "double_bottom": "double_bottom", "head_and_shoulders": "hs_top", "inverse_head_and_shoulders": "hs_bottom",
    },
    "auto-chart-patterns": {
        "falling_wedge": "Falling Wedge", "rising_wedge": "Rising Wedge", "ascending_triangle": "Ascending Triangle",
        "descending_triangle": "Descending Triangle", "symmetrical_triangle": "Converging Triangle", "double_top": "Double Tops",
        "double_bottom": "Double Bottoms", "head_and_shoulders": "Head and Shoulders",
        "inverse_head_and_shoulders": "Inverted Head and Shoulders",
    },
}  # fmt: skip
"""Our kinds and the peers' names for them."""


def ta_patterns(bars):
    """Return where a run of labels begins, of each of its detectors that we share."""
    import numpy as np
    from ta_patterns import chart_patterns

    chart_patterns.clear_cache()
    labels = []
    for name in NAMES["ta-patterns"].values():
        said = np.asarray(getattr(chart_patterns, name)(*(column.copy() for column in bars))) != 0
        labels += [(name, int(at)) for at in np.flatnonzero(said & ~np.concatenate([[False], said[:-1]]))]
    return labels


def auto_chart_patterns(bars):
    """Return the patterns of all its finders at each turn of its zigzag, by name without what stands in brackets, at their last turn.

    Its thresholds are shares of the price, so prices are moved down until they stand one range above zero; volume falls, as it asks.
    """
    import numpy as np
    import pandas as pd
    from auto_chart_patterns.reversal_patterns import ReversalPatternProperties, find_reversal_patterns
    from auto_chart_patterns.trendline_patterns import TrendLineProperties, find_trend_lines
    from auto_chart_patterns.zigzag import Zigzag

    down = float(np.ptp(bars[3])) - float(np.min(bars[2]))
    table = pd.DataFrame({name: bars[i] + down for i, name in enumerate(("open", "high", "low", "close"))})
    table["volume"] = 1e5 * np.exp(-0.02 * np.arange(len(table)))
    table.index = pd.date_range("2000-01-01", periods=len(table))
    zigzag, found = Zigzag(pivot_limit=len(table)), []
    zigzag.calculate(table)
    for offset in range(len(zigzag.zigzag_pivots)):
        lines, reversals = [], []
        find_trend_lines(zigzag, offset, TrendLineProperties(), lines)
        find_reversal_patterns(zigzag, offset, ReversalPatternProperties(), reversals)
        found += lines + reversals
    last = [max(pivot.point.index for pivot in pattern.pivots) for pattern in found]
    labels = {(pattern.pattern_name.split(" (")[0], int(at)) for pattern, at in zip(found, last, strict=True)}
    return sorted(labels, key=lambda label: label[1])


def trendln(bars):
    """Return slope and value at bar zero of its lines of support and resistance, by its defaults."""
    import trendln

    _, high, low, _ = bars
    sides = trendln.calc_support_resistance((low, high))
    return [(float(line[0]), float(line[1])) for side in sides for _, line in side[2]]


def main():
    """Label every series of one file."""
    import numpy as np

    peer, path = sys.argv[1:]
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with np.load(path) as held:
        series = [[held[f"{name}{i}"] for name in ("open", "high", "low", "close")] for i in range(int(held["n"]))]
    label = globals()[peer.replace("-", "_")]
    print(json.dumps({"version": version(peer), "labels": [label(bars) for bars in series]}))


if __name__ == "__main__":
    main()
