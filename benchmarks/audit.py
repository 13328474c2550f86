"""What an audit costs: claims of every kind over many markets and dates, in processor time, compiled caches in place.

Run `python benchmarks/audit.py --data DIR [--claims 300] [--markets 30]`. The folder's markets with a history are taken in order.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import time
from collections import Counter

import numpy as np

from crosscurrent.audit import audit
from crosscurrent.audit.kinds import CLAIM_KINDS
from crosscurrent.sources import open_source
from crosscurrent.sources.source import Source

LONG = 3000
"""Fewest bars of a market that is taken."""
DATES = (
    "2009-03-06",
    "2011-08-08",
    "2014-10-15",
    "2016-07-08",
    "2018-12-24",
    "2020-03-20",
    "2021-11-19",
    "2022-10-13",
    "2023-10-27",
    "2024-08-05",
)
SAYS: dict[str, dict[str, object]] = {
    "correlation": {"value": 0.5, "window": 20},
    "yield_change": {"change": "-10 bp", "over": "1w"},
    "percent_change": {"change": "-2%", "over": "1w"},
    "superlative": {"change": "decline", "over": "1w", "largest_in": "months"},
    "streak": {"length": 3, "direction": "down"},
    "price": {"close": "record high"},
    "level": {"price": "last month low", "acted_as": "support"},
    "breakout": {"through": "downtrend resistance", "direction": "up", "within": "1w"},
    "average": {"sma": 200, "state": "above"},
    "cross": {"name": "golden cross", "within": "1mo"},
    "candle": {"name": "doji"},
    "pattern": {"name": "falling wedge"},
    "trendline": {"role": "resistance", "state": "intact"},
    "gap": {"direction": "down"},
    "rsi": {"state": "oversold", "broke": "downtrend"},
    "macd": {"state": "below its signal line"},
    "stochastic": {"state": "oversold"},
    "adx": {"state": "strong trend"},
    "bollinger": {"state": "closed below lower band"},
    "sar": {"state": "above price"},
    "divergence": {"direction": "bullish"},
    "fibonacci": {"from": "last year low", "to": "last month high", "ratio": 0.618, "price": "last month low"},
    "floor_pivots": {"pivot": "last month low"},
    "spread": {"value": 1.0},
    "ratio": {"value": 1.0},
    "distance": {"percent": 10},
    "volume": {"state": "strong"},
    "rejection": {"above": "last month high"},
    "policy_path": {"cuts": 2},
    "setup": {"side": "long", "stop": "last month low", "targets": ["record high"]},
}


def claims_on(source: Source, n: int, markets: int) -> list[dict[str, object]]:
    """Return `n` claims, the kinds in turn, over so many markets and all the dates."""
    names = [m for m in source.markets() if len(source.bars(m)) >= LONG][:markets]
    kinds, found = itertools.cycle(CLAIM_KINDS), []
    for k, kind in zip(range(n), kinds, strict=False):
        market, other = names[k % len(names)], names[(k + 7) % len(names)]
        day = DATES[(k // len(names)) % len(DATES)]
        held = [market] if kind.markets < 2 else [market, other]
        found.append({"id": f"B{k}", "kind": kind.name, "markets": held, "as_of": day, "says": SAYS[kind.name]})
    return found


def main() -> None:
    """Print what the audit took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--claims", type=int, default=300)
    parser.add_argument("--markets", type=int, default=30)
    chosen = parser.parse_args()
    claims = claims_on(open_source(chosen.data), chosen.claims, chosen.markets)
    start = time.process_time()
    found = audit(claims, open_source(chosen.data))
    taken = time.process_time() - start
    markets = {m for v in found.verdicts for m in v.markets}
    counts = dict(Counter(v.verdict for v in found.verdicts))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}\n")
    print(
        f"{len(claims)} claims of {len(CLAIM_KINDS)} kinds over {len(markets)} markets: {taken:.1f} s of processor time; {counts}"
    )


if __name__ == "__main__":
    main()
