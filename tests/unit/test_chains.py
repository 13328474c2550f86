"""Contract chains as one front series: rolled without foresight, gaps exact, nothing repainted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent import markets
from crosscurrent.bars.bars import Bars
from crosscurrent.bars.chains import front_series
from crosscurrent.bars.checked import checked_bars
from crosscurrent.bars.continuous import adjusted, rolls
from crosscurrent.bars.quality import check
from crosscurrent.errors import BrokenRule
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.compacted import Compacted, compact
from crosscurrent.sources.files import Files
from crosscurrent.sources.source import resolve
from strategies import SHARED, needs_shared

DAYS = markets.calendar("CME_EQUITY").sessions(np.datetime64("2025-03-03"), np.datetime64("2025-09-30"))


def contract(name: str, first: int, last: int, basis: float, volume, market: str = "NQ") -> Bars:
    """Return a contract that trades `basis` ticks above one walk, from one day to another; `volume` is a function of the day."""
    instrument = markets.instrument(market)
    at = np.arange(first, last)
    walk = 20_000.0 + 0.25 * np.cumsum(np.random.default_rng(1).integers(-200, 200, len(DAYS)))
    close = walk[at] + basis
    shown = {"session": DAYS[at], "open": close, "high": close + 5.0, "low": close - 5.0, "close": close}
    bars = checked_bars(name, instrument, shown)
    return replace(bars, volume=np.array([float(volume(t)) for t in at]))


def chain() -> list[Bars]:
    return [
        contract("NQH25", 0, 15, 0.0, lambda t: 500 if t < 9 else 100),
        contract("NQM25", 0, 79, 190.25, lambda t: 20 if t < 9 else (600 if t < 70 else 50)),
        contract("NQU25", 20, 140, 401.5, lambda t: 30 if t < 71 else 700),
    ]


def front(by="volume", contracts=None) -> Bars:
    return front_series("NQ.v.0", markets.instrument("NQ"), contracts or chain(), by)


def test_the_next_contract_takes_over_the_session_after_its_volume_is_the_greater():
    bars = front()
    # Volumes cross at the closes of sessions 9 and 71.
    assert list(np.flatnonzero(bars.rolled)) == [10, 72]
    assert bars.close[9] == chain()[0].close[9] and bars.close[10] == chain()[1].close[10]


def test_gaps_are_both_contracts_closes_of_one_session_to_the_tick():
    bars = front()
    assert [(r.at, r.gap, r.source) for r in rolls(bars)] == [(10, 190.25, "contracts"), (72, 211.25, "contracts")]
    whole = adjusted(bars)
    assert whole.roll_source == "contracts" and list(np.unique(whole.shift)) == [0.0, 190.25, 401.5]
    walk = np.concatenate(
        [c.close - basis for c, basis in zip([chain()[0].first(10), chain()[2].last(120)], (0.0, 401.5), strict=True)]
    )
    assert np.array_equal(np.r_[whole.close[:10], whole.close[20:]], walk)
    assert "gaps read off both contracts" in next(f.sentence for f in check(bars) if f.rule == "rolls")


def test_treasury_prices_in_halves_of_thirty_seconds_add_up_exactly():
    tick = 1 / 64
    close = 108.0 + tick * np.arange(20)
    make = lambda name, basis, volume: replace(  # noqa: E731
        checked_bars(name, markets.instrument("ZN"), {"session": DAYS[:20], "close": close + basis, "open": close + basis,
                     "high": close + basis + tick, "low": close + basis - tick}), volume=np.array(volume, float))  # fmt: skip
    old, new = make("ZNH25", 0.0, [9] * 20), make("ZNM25", -23 * tick, [1] * 8 + [10] * 12)
    bars = front_series("ZN.v.0", markets.instrument("ZN"), [old, new], "volume")
    assert bars.gap[9] == -23 * tick and np.array_equal(adjusted(bars).close, close)


def test_by_calendar_the_old_contract_is_kept_to_its_last_session():
    bars = front("calendar")
    assert list(np.flatnonzero(bars.rolled)) == [15, 79]
    # The final session closes at a settlement of another hour, so the gap is read the session before.
    assert list(bars.gap[bars.rolled]) == [190.25, 211.25]


@given(st.integers(1, 140), st.sampled_from(["volume", "calendar"]))
def test_nothing_repaints_when_bars_and_contracts_come(n: int, by: str):
    until = [one.until(DAYS[n - 1]) for one in chain() if one.session[0] <= DAYS[n - 1]]
    then, now = front(by, until), front(by)
    for name in ("session", "close", "volume", "rolled", "gap"):
        assert np.array_equal(getattr(then, name), getattr(now, name)[: len(then)]), name
    assert np.array_equal(adjusted(then).close, adjusted(now).close[: len(then)])


def test_a_rule_with_foresight_would_be_seen():
    def foreseen(contracts: list[Bars]) -> Bars:
        """Roll on the very session whose close first shows the greater volume."""
        bars = front_series("NQ.v.0", markets.instrument("NQ"), contracts, "volume")
        return replace(bars, rolled=np.roll(bars.rolled, -1))

    whole, part = foreseen(chain()), foreseen([one.first(10) for one in chain()[:2]])
    assert not np.array_equal(part.rolled, whole.rolled[:10])


def test_a_chain_never_goes_back():
    shaky = [
        contract("NQH25", 0, 40, 0.0, lambda t: 100),
        contract("NQM25", 0, 40, 10.0, lambda t: 200 if t == 5 else 1),
    ]
    assert list(np.flatnonzero(front(contracts=shaky).rolled)) == [6]


def test_a_day_on_which_only_a_far_contract_trades_is_no_roll():
    def without(one: Bars, day: int) -> Bars:
        keep = one.session != DAYS[day]
        cut = {
            n: getattr(one, n)[keep]
            for n in ("session", "closed_at", "open", "high", "low", "close", "volume", "shift", "rolled")
        }
        return replace(one, **cut)

    near, middle, _ = chain()
    far = contract("NQU25", 0, 140, 401.5, lambda t: 30 if t < 71 else 700)
    bars = front(contracts=[without(near, 5), without(middle, 5), far])
    assert DAYS[5] not in bars.session and list(DAYS[[10, 72]]) == list(bars.session[bars.rolled])


def test_a_hole_in_the_chain_is_passed_after_a_week():
    near, _, far = chain()
    bars = front(contracts=[near, near.first(0), far])
    assert list(bars.session[bars.rolled]) == [DAYS[25]]


def test_contracts_that_share_no_session_leave_the_gap_open():
    apart = [contract("NQH25", 0, 10, 0.0, lambda t: 100), contract("NQM25", 10, 20, 50.0, lambda t: 100)]
    bars = front(contracts=apart)
    assert np.isnan(bars.gap[10]) and adjusted(bars).roll_source == "unadjusted"


def test_no_contracts_are_no_chain():
    with pytest.raises(BrokenRule):
        front_series("NQ.v.0", markets.instrument("NQ"), [], "volume")


def test_a_chain_is_kept_with_its_rolls(tmp_path: Path):
    class Chain:
        name = "chain"

        def bars(self, market: str, interval: str = "1d") -> Bars:
            return front()

    archive = Archive(tmp_path)
    archive.keep(front(), "chain", np.datetime64("2025-10-01T00:00:00"))
    compact(Chain(), ["NQ.v.0"], tmp_path / "all.parquet")
    for held in (archive.bars("NQ.v.0"), Compacted(tmp_path / "all.parquet").bars("NQ.v.0")):
        assert np.array_equal(held.gap, front().gap) and np.array_equal(held.rolled, front().rolled)


def written(folder: Path) -> Files:
    rows = [
        f"{one.market},{one.session[i]},{one.open[i]},{one.high[i]},{one.low[i]},{one.close[i]},{one.volume[i]:.0f}"
        for one in chain()
        for i in range(len(one))
    ]
    (folder / "NQ_contracts.csv").write_text("contract,date,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    return Files(folder)


def test_a_folder_with_contracts_gives_both_series_by_name(tmp_path: Path):
    source = written(tmp_path)
    assert resolve(source, "NQ.v.0") == "NQ.v.0"
    assert np.array_equal(source.bars("NQ.v.0").gap, front().gap)
    assert list(np.flatnonzero(source.bars("NQ.c.0").rolled)) == [15, 79]


@needs_shared
def test_fed_funds_roll_month_by_month():
    source = Files(SHARED)
    bars = source.bars("ZQ.c.0")
    assert any("impossible" in gap.why for gap in source.notes if gap.what == "ZQ.c.0")
    assert bars.rolled.sum() > 100 and (np.diff(bars.session).astype(int) > 0).all()
    assert np.isfinite(bars.gap).all() and np.abs(bars.gap).max() < 1.0
    assert adjusted(bars).roll_source == "contracts"
