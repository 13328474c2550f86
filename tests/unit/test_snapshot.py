"""A snapshot holds what was known, and nothing else."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from crosscurrent.bars import Snapshot, adjusted
from crosscurrent.errors import UnknownName
from crosscurrent.markets import find
from strategies import bars_of, needs_shared, random_bars, shared_bars


def day(text):
    return np.datetime64(text, "D")


def walk(symbol, seed, n=300):
    return replace(random_bars(seed, n, start="2024-01-02"), instrument=find(symbol), market=symbol)


def test_nothing_later_than_its_date_is_in_it():
    whole = {"NQ": walk("NQ", 1), "NDX": walk("NDX", 2)}
    snapshot = Snapshot(day("2024-06-28"), whole)
    assert snapshot.names == ("NQ", "NDX")
    for name in snapshot.names:
        cut = snapshot.traded(name)
        assert cut.session[-1] == day("2024-06-28")
        assert not np.shares_memory(cut.close, whole[name].close)
        np.testing.assert_array_equal(cut.close, whole[name].close[: len(cut)])


def test_a_poisoned_future_changes_nothing():
    whole = {"NQ": walk("NQ", 1), "NDX": walk("NDX", 2)}
    poisoned = {}
    for name, bars in whole.items():
        close = np.where(bars.session > day("2024-06-28"), 1e9, bars.close)
        poisoned[name] = replace(bars, close=close, high=np.maximum(bars.high, close))
    then, now = Snapshot(day("2024-06-28"), whole), Snapshot(day("2024-06-28"), poisoned)
    np.testing.assert_array_equal(then.adjusted("NQ").close, now.adjusted("NQ").close)


def test_adjusted_bars_use_the_reference_and_are_kept():
    whole = {"NQ": walk("NQ", 1), "cash": replace(walk("NDX", 2), market="cash")}
    snapshot = Snapshot(day("2024-12-31"), whole)
    assert snapshot.reference("NQ") is snapshot.traded("cash")
    assert snapshot.adjusted("NQ") is snapshot.adjusted("NQ")
    np.testing.assert_array_equal(
        snapshot.adjusted("NQ").close, adjusted(snapshot.traded("NQ"), snapshot.traded("cash")).close
    )
    assert snapshot.adjusted("NQ").roll_source == "estimated"
    assert Snapshot(day("2024-12-31"), {"NQ": whole["NQ"]}).adjusted("NQ").roll_source == "unadjusted"
    assert snapshot.on("NQ", "traded") is snapshot.traded("NQ") and snapshot.on("NQ", "adjusted") is snapshot.adjusted(
        "NQ"
    )


def test_another_providers_yield_stands_in():
    futures, yields = walk("ZN", 1), replace(walk("TNX", 2), market="TNX")
    assert Snapshot(day("2024-12-31"), {"ZN": futures, "TNX": yields}).reference("ZN").market == "TNX"
    both = {"ZN": futures, "TNX": yields, "DGS10": walk("DGS10", 3)}
    assert Snapshot(day("2024-12-31"), both).reference("ZN").market == "DGS10"
    assert Snapshot(day("2024-12-31"), both).reference("DGS10") is None


def test_a_market_that_has_not_begun_is_not_there():
    snapshot = Snapshot(day("2023-12-29"), {"NQ": walk("NQ", 1)})
    assert not snapshot.has("NQ") and snapshot.names == ()
    with pytest.raises(UnknownName):
        snapshot.traded("NQ")


def test_it_is_frozen_and_offers_the_nearest():
    snapshot = Snapshot(day("2024-12-31"), {"NDX": walk("NDX", 2)})
    with pytest.raises(FrozenInstanceError):
        snapshot.as_of = day("2025-01-01")
    with pytest.raises(TypeError):
        snapshot.markets["NDX"] = bars_of([1.0], [1.0], [1.0], [1.0])
    with pytest.raises(UnknownName, match="NDX"):
        snapshot.adjusted("NDY")


@needs_shared
def test_the_origin_week():
    named = {name: replace(shared_bars(name), instrument=find(name)) for name in ("NQ", "NDX", "ZN", "DGS10")}
    snapshot = Snapshot(day("2025-01-17"), named)
    assert {str(snapshot.traded(name).session[-1]) for name in named} == {"2025-01-17"}
    assert snapshot.adjusted("DGS10").roll_source == "none"
    assert snapshot.adjusted("ZN").roll_source == "estimated"
