"""Interactive Brokers through the matrix, by a workstation of our own that misbehaves as it is told.

Its wire is no HTTP: a status is a numbered error, a page of HTML or a body cut short is a bar without its fields, and the nearest
kin of a dead connection is a workstation that is away.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import ib_async
import numpy as np
import pytest
from wires import CLOSES, DAYS, NOW

from crosscurrent.bars.bars import Bars
from crosscurrent.errors import CrosscurrentError, MissingData, SourceFault
from crosscurrent.sources.http import Client
from crosscurrent.sources.interactive_brokers import InteractiveBrokers, by_connection, contract_of
from crosscurrent.sources.limits import Limit, Pace


def told(days=DAYS, closes=CLOSES, **changed) -> list[ib_async.BarData]:
    """Return the workstation's bars of these days."""
    bars = [
        ib_async.BarData(date.fromisoformat(day), close - 10, close + 20, close - 20, close, 600_000)
        for day, close in zip(days, closes, strict=True)
    ]
    for name, column in changed.items():
        for bar, value in zip(bars, column, strict=True):
            setattr(bar, name, value)
    return bars


class Workstation:
    """Answers with what it is given: bars, or an error that it raises."""

    def __init__(self, *answers: list[ib_async.BarData] | Exception) -> None:
        self.answers, self.asked = list(answers), []

    def isConnected(self) -> bool:  # noqa: N802 - the library calls it so
        return True

    def reqHistoricalData(self, contract, end, duration, size, shown, useRTH, timeout):  # noqa: N802
        self.asked.append((contract, duration, size, shown))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def asked(station: Workstation, market: str = "NQ", attempts: int = 3) -> tuple[Bars, InteractiveBrokers]:
    client = Client("Interactive Brokers", by_connection(lambda url, timeout: station), attempts=attempts, wait=0.001)
    provider = InteractiveBrokers(NOW, "", client)
    return provider.bars(market), provider


def error(code: int, message: str) -> ib_async.RequestError:
    return ib_async.RequestError(1, code, message)


PACING = error(162, "Historical Market Data Service error message: Historical data request pacing violation")
BUSY = error(162, "Historical Market Data Service error message: Service unavailable")


def test_a_good_answer_is_read_and_the_contract_is_named():
    station = Workstation(told())
    bars, provider = asked(station)
    contract = station.asked[0][0]
    assert list(bars.close) == list(CLOSES) and provider.notes == ()
    assert isinstance(contract, ib_async.ContFuture) and (contract.symbol, contract.exchange) == ("NQ", "CME")


@pytest.mark.parametrize("fault", [PACING, BUSY, ConnectionError("socket closed"), TimeoutError()])
def test_a_fault_that_may_pass_is_asked_again(fault: Exception):
    station = Workstation(fault, fault, told())
    assert asked(station)[0].close[-1] == CLOSES[-1] and len(station.asked) == 3


GONE: dict[str, Exception] = {
    "429 with Retry-After (the workstation names no wait: a pacing violation)": PACING,
    "permanent 429": PACING,
    "503": BUSY,
    "time-out": TimeoutError(),
    "reset": ConnectionResetError("peer closed"),
    "workstation away": ConnectionRefusedError("refused"),
}


@pytest.mark.parametrize("fault", GONE)
def test_no_answer_is_a_typed_fault_after_bounded_tries(fault: str):
    station = Workstation(GONE[fault])
    with pytest.raises(SourceFault, match="3 times"):
        asked(station)
    assert len(station.asked) == 3


@pytest.mark.filterwarnings("ignore")
def test_an_unknown_contract_is_missing():
    with pytest.raises(MissingData):
        asked(Workstation(error(200, "No security definition has been found for the request")))


class Torn(SimpleNamespace):
    """A bar whose message broke off before its close."""


CASES: dict[str, tuple[Callable[[], list], str]] = {
    "empty 200": (list, "nothing in it"),
    "HTML with 200": (lambda: told(close=["<html>", *CLOSES[1:]]), "cannot be read"),
    "truncated": (lambda: [*told()[:-1], Torn(date=date(2025, 1, 17), open=1.0)], "cannot be read"),
    "duplicates": (lambda: told((*DAYS, DAYS[-1]), (*CLOSES, CLOSES[-1])), "stands twice"),
    "disorder": (lambda: told(DAYS[::-1], CLOSES[::-1]), "comes after"),
    "NaN close": (lambda: told(close=[*CLOSES[:-1], float("nan")]), "no possible bars"),
    "high below low": (lambda: told(high=[c - 50 for c in CLOSES]), "5 of 5 rows"),
    "below zero": (lambda: told(low=[-1.0, *CLOSES[1:]]), "no possible bars"),
    "wrong time zone": (lambda: told(date=[date(2025, 1, n) for n in (12, 13, 14, 15, 16)]), "no sessions"),
    "moments instead of dates": (
        lambda: told(date=[datetime(2025, 1, n, 18) for n in range(12, 17)]),
        "no list of bars by the day",
    ),
    "future bar": (lambda: told((*DAYS, "2025-01-24"), (*CLOSES, 1.0)), "future"),
}


@pytest.mark.parametrize("fault", CASES)
def test_wrong_data_are_refused_with_the_rule(fault: str):
    make, rule = CASES[fault]
    with pytest.raises(SourceFault, match=rule):
        asked(Workstation(make()))


def test_a_missing_session_is_a_named_gap():
    bars, provider = asked(Workstation(told([*DAYS[:2], *DAYS[3:]], [*CLOSES[:2], *CLOSES[3:]])))
    assert len(bars) == 4 and any("2025-01-15" in gap.why for gap in provider.notes)


def test_the_running_session_is_left_out_by_name():
    client = Client("Interactive Brokers", by_connection(lambda url, timeout: Workstation(told())))
    provider = InteractiveBrokers(np.datetime64("2025-01-17T20:00:00", "s"), "", client)
    assert str(provider.bars("NQ").session[-1]) == "2025-01-16" and "still running" in provider.notes[0].why


def test_markets_are_named_as_contracts():
    assert [contract_of(market) for market in ("NQ", "ZN", "EURUSD", "SPX", "SPY", "AAPL")] == [
        ("ContFuture", "NQ", "CME"), ("ContFuture", "ZN", "CBOT"), ("Forex", "EURUSD", "IDEALPRO"), ("Index", "SPX", "CBOE"),
        ("Stock", "SPY", "SMART"), ("Stock", "AAPL", "SMART"),
    ]  # fmt: skip


class Clock:
    """A clock that moves when it is waited for."""

    def __init__(self) -> None:
        self.now, self.waits = 1_000_000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def test_the_sixty_first_request_waits_for_the_ten_minutes_also_after_a_restart(tmp_path: Path):
    clock, sent = Clock(), []
    for n in range(150):
        # Each request by a new process: nothing but the file remembers.
        Pace(tmp_path / "limits.sqlite", "IB", InteractiveBrokers.limits, clock, clock.sleep)(f"contract {n}")
        sent.append(clock.now)
    assert max(sum(1 for t in sent if at - 600 < t <= at) for at in sent) == 60
    assert sent[59] == 1_000_000.0 and sent[60] == 1_000_600.0


def test_an_identical_request_waits_fifteen_seconds_and_another_does_not(tmp_path: Path):
    clock = Clock()
    pace = Pace(tmp_path / "limits.sqlite", "IB", InteractiveBrokers.limits, clock, clock.sleep)
    pace("NQ")
    pace("ES")
    assert clock.waits == []
    pace("NQ")
    assert clock.waits == [15.0]


def test_a_limit_that_nobody_keeps_would_be_seen(tmp_path: Path):
    clock = Clock()
    for n in range(61):
        Pace(tmp_path / "limits.sqlite", "IB", (Limit(1000, 600.0),), clock, clock.sleep)(str(n))
    assert clock.waits == []


def test_what_is_kept_is_lost_by_no_fault(tmp_path: Path):
    from crosscurrent.sources.archive import Archive
    from crosscurrent.sources.fetching import fetch

    def get(station: Workstation) -> None:
        client = Client("Interactive Brokers", by_connection(lambda url, timeout: station), attempts=1)
        fetch(InteractiveBrokers(NOW, "", client), ["NQ"], Archive(tmp_path), NOW)

    get(Workstation(told()))
    for answer in (*GONE.values(), *(make() for make, _ in CASES.values()), told(DAYS[2:], CLOSES[2:])):
        with pytest.raises(CrosscurrentError):
            get(Workstation(answer))
    assert list(Archive(tmp_path).bars("NQ").close) == list(CLOSES)
