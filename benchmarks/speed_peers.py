"""One peer on one series, timed in a Python that may not know this project: `python speed_peers.py PEER BARS.npz`.

Called by `speed.py` inside a virtual environment of its own. Prints one line of JSON: what ran, its version, seconds of processor
time (the best of up to three runs, imports and first use apart).
"""

import json
import sys
import time
import warnings
from importlib.metadata import version

PEERS = {
    "ta-patterns": "300 detectors", "trendln": "lines of the last bar alone", "auto-chart-patterns": "lines, flags, reversals, divergences",
    "smartmoneyconcepts": "swings, gaps, order blocks, liquidity", "sortefi-ta": "candles, chart patterns",
}  # fmt: skip


def ta_patterns(frame):
    """Return a run of all its detectors."""
    import ta_patterns
    from ta_patterns import chart_patterns

    def run():
        chart_patterns.clear_cache()
        ta_patterns.scan_all_patterns(frame["open"], frame["high"], frame["low"], frame["close"], v=frame["volume"])

    return run


def trendln(frame):
    """Return a run of its support and resistance as they stand at the last bar, by its defaults."""
    import trendln

    return lambda: trendln.calc_support_resistance((frame["low"], frame["high"]))


def auto_chart_patterns(frame):
    """Return a run of all its finders at each turn of its zigzag."""
    import pandas as pd
    from auto_chart_patterns.flag_pennant_patterns import FlagPennantProperties, find_flags_and_pennants
    from auto_chart_patterns.reversal_patterns import ReversalPatternProperties, find_reversal_patterns
    from auto_chart_patterns.rsi_div_patterns import RsiDivergenceProperties, find_rsi_divergences
    from auto_chart_patterns.trendline_patterns import TrendLineProperties, find_trend_lines
    from auto_chart_patterns.zigzag import Zigzag

    table = pd.DataFrame(frame)
    table.index = pd.date_range("1900-01-01", periods=len(table))
    lines, flags = TrendLineProperties(), FlagPennantProperties(number_of_pivots=4)
    reversals, divergences = ReversalPatternProperties(), RsiDivergenceProperties()

    def run():
        zigzag = Zigzag(pivot_limit=len(table))
        zigzag.calculate(table)
        for offset in range(len(zigzag.zigzag_pivots)):
            find_trend_lines(zigzag, offset, lines, [])
            find_flags_and_pennants(zigzag, offset, flags, [])
            find_reversal_patterns(zigzag, offset, reversals, [])
        find_rsi_divergences(5, 5, divergences, [], table)

    return run


def smartmoneyconcepts(frame):
    """Return a run of its indicators of structure."""
    import pandas as pd
    from smartmoneyconcepts import smc

    table = pd.DataFrame(frame)

    def run():
        swings = smc.swing_highs_lows(table, swing_length=5)
        smc.fvg(table)
        smc.bos_choch(table, swings)
        smc.ob(table, swings)
        smc.liquidity(table, swings)
        smc.retracements(table, swings)

    return run


def sortefi_ta(frame):
    """Return a run of all its candles and chart patterns."""
    import pandas as pd
    import sortefi_ta
    from sortefi_ta import candlestick, chart_patterns

    table = pd.DataFrame(frame)
    candles = list(candlestick._PATTERN_MODULES)
    charts = [getattr(chart_patterns, name) for name in dir(chart_patterns) if name.startswith("calc_")]

    def run():
        sortefi_ta.calc_candlestick_patterns(table, candles)
        for chart in charts:
            chart(table)

    return run


def timed(run, patience=60.0):
    """Return the least processor time of up to three runs after a first, fewer when they are long."""
    began = time.perf_counter()
    started = time.process_time()
    run()
    times = [time.process_time() - started]
    while len(times) < 4 and time.perf_counter() - began < patience:
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def main():
    """Time one peer on one file of bars."""
    import numpy as np

    peer, path = sys.argv[1:]
    warnings.simplefilter("ignore")
    with np.load(path) as bars:
        frame = {name: bars[name] for name in ("open", "high", "low", "close", "volume")}
    run = globals()[peer.replace("-", "_")](frame)
    print(json.dumps({"version": version(peer), "seconds": timed(run)}))


if __name__ == "__main__":
    main()
