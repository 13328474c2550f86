"""One peer on one universe, timed in a Python that may not know this project: `python universe_peers.py PEER TASK CLOSES.npy`.

Called by `universe.py` inside a virtual environment of its own. Prints one line of JSON: wall seconds (the best of up to five runs
after a first one), the version, and what came out, so that nobody is fast and wrong.
"""

import json
import sys
import time
import warnings
from importlib.metadata import version
from itertools import pairwise

import numpy as np

LOOKBACK, HORIZONS, WINDOW, PAIRS = 20, (1, 5, 10, 20), 10, 300


def pandas_study(close):
    """Return an event study of breakouts by pandas."""
    import pandas as pd

    table = pd.DataFrame(close.T)

    def run():
        above = table > table.shift(1).rolling(LOOKBACK).max()
        event = above & ~above.shift(1, fill_value=False)
        return means({h: table.shift(-h) / table - 1 for h in HORIZONS}, event)

    return run


def vectorbt_study(close):
    """Return an event study of breakouts by vectorbt's compiled shifts and rolling windows."""
    import pandas as pd
    import vectorbt  # noqa: F401  (registers itself with pandas)

    table = pd.DataFrame(close.T)

    def run():
        above = table > table.vbt.fshift(1).vbt.rolling_max(LOOKBACK)
        event = above & ~above.shift(1, fill_value=False)
        return means({h: table.vbt.bshift(h) / table - 1 for h in HORIZONS}, event)

    return run


def means(returns, event):
    """Return the mean return after events at each horizon."""
    hit = event.to_numpy()
    return [float(np.nanmean(returns[h].to_numpy()[hit])) for h in HORIZONS]


def polars_study(close):
    """Return an event study of breakouts by polars, every market's bars one under the other."""
    import polars as pl

    markets, bars = close.shape
    frame = pl.DataFrame({"market": np.repeat(np.arange(markets), bars), "close": close.ravel()})

    def run():
        price = pl.col("close")
        above = frame.with_columns(
            above=(price > price.shift(1).rolling_max(LOOKBACK)).over("market").fill_null(value=False)
        )
        events = above.with_columns(
            (pl.col("above") & ~pl.col("above").shift(1).fill_null(value=False)).over("market").alias("event"),
            *((price.shift(-h) / price - 1).over("market").alias(f"r{h}") for h in HORIZONS),
        ).filter("event")
        return [float(events[f"r{h}"].mean()) for h in HORIZONS]

    return run


def pandas_correlation(close):
    """Return the rolling correlation of a sample of pairs by pandas."""
    import pandas as pd

    series = [pd.Series(row) for row in close[: PAIRS + 1]]
    return lambda: [float(a.rolling(WINDOW).corr(b).iloc[-1]) for a, b in pairwise(series)]


def numbagg_correlation(close):
    """Return the rolling correlation of a sample of pairs by numbagg, all of them in one call."""
    import numbagg

    a, b = close[:PAIRS], close[1 : PAIRS + 1]
    return lambda: np.asarray(numbagg.move_corr(a, b, window=WINDOW))[:, -1].tolist()


def polars_correlation(close):
    """Return the rolling correlation of a sample of pairs by polars."""
    import polars as pl

    frame = pl.DataFrame({str(k): row for k, row in enumerate(close[: PAIRS + 1])})
    asked = [pl.rolling_corr(str(k), str(k + 1), window_size=WINDOW).alias(f"c{k}") for k in range(PAIRS)]
    return lambda: [float(value) for value in frame.select(asked).row(-1)]


def main():
    """Time one peer on one file."""
    peer, task, path = sys.argv[1:]
    warnings.simplefilter("ignore")
    run = globals()[f"{peer}_{task}"](np.load(path))
    said, times = run(), []
    while len(times) < 5 and sum(times) < 30:
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    print(json.dumps({"version": version(peer), "seconds": min(times), "said": said}))


if __name__ == "__main__":
    main()
