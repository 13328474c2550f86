"""Sessions: cited days, the libraries' days but for a written list, and what follows from them."""

from __future__ import annotations

import csv
import importlib.util
import warnings
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosscurrent.errors import UnknownName
from crosscurrent.markets import EXCHANGES, calendar
from crosscurrent.markets import closures as table

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = list(csv.DictReader((ROOT / "tests/golden/sessions.csv").read_text(encoding="utf-8").splitlines()))
CLOCKS = {"CT": "America/Chicago", "ET": "America/New_York", "UTC": "UTC"}


def day(text):
    return np.datetime64(text, "D")


def kind_and_close(exchange, label):
    """Return what our calendar says about a day, in the words of the golden file."""
    sessions = calendar(exchange)
    if not sessions.is_session(label):
        return ("merged" if sessions.is_merged(label) else "closed"), ""
    moment = sessions.closed_at(np.array([label]))[0].astype(object).replace(tzinfo=ZoneInfo("UTC"))
    local = moment.astimezone(ZoneInfo(CLOCKS[sessions.hours.clock])).strftime("%H:%M")
    return ("short" if sessions.is_short(label) else "session"), local


def test_there_are_enough_cited_days():
    assert len(GOLDEN) >= 60
    assert all(row["source"] for row in GOLDEN)
    assert {row["day"][:4] for row in GOLDEN} >= {"2015", "2018", "2021", "2024", "2025", "2026"}


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['exchange']}-{row['day']}")
def test_cited_days(row):
    assert kind_and_close(row["exchange"], day(row["day"])) == (row["kind"], row["close"])


@pytest.mark.parametrize(("exchange", "label", "moment"), [
    ("CME_EQUITY", "2025-01-17", "2025-01-17T22:00:00"),
    ("CME_EQUITY", "2025-07-16", "2025-07-16T21:00:00"),
    ("CME_EQUITY", "2025-01-09", "2025-01-09T14:30:00"),
    ("CME_RATES", "2025-01-09", "2025-01-09T18:15:00"),
    ("NYSE", "2025-01-17", "2025-01-17T21:00:00"),
    ("NYSE", "2024-11-29", "2024-11-29T18:00:00"),
    ("CBOE", "2025-01-17", "2025-01-17T21:15:00"),
    ("BONDS", "2025-01-17", "2025-01-17T20:30:00"),
    ("FX", "2025-01-17", "2025-01-17T22:00:00"),
    ("CRYPTO", "2025-01-18", "2025-01-19T00:00:00"),
    ("GENERIC", "2025-01-17", "2025-01-17T22:00:00"),
])  # fmt: skip
def test_when_a_session_is_known(exchange, label, moment):
    assert calendar(exchange).closed_at(np.array([day(label)]))[0] == np.datetime64(moment, "s")


@pytest.mark.parametrize("exchange", ["NYSE", "CME_EQUITY"])
def test_summer_time_is_that_of_the_time_library(exchange):
    sessions = calendar(exchange)
    labels = sessions.sessions(day("1987-01-01"), day("2030-12-31"))
    labels = labels[~np.isin(labels, list(sessions.short))]
    clock = ZoneInfo(CLOCKS[sessions.hours.clock])
    for label, moment in zip(labels, sessions.closed_at(labels), strict=True):
        local = moment.astype(object).replace(tzinfo=ZoneInfo("UTC")).astimezone(clock)
        assert (local.date(), local.hour) == (label.astype(object), 16)


def test_the_week_of_the_holiday():
    equity = calendar("CME_EQUITY")
    assert equity.next_session(day("2025-01-17")) == day("2025-01-21")
    assert equity.next_session(day("2025-01-17"), 2) == day("2025-01-22")
    assert equity.trade_date(day("2025-01-19")) == equity.trade_date(day("2025-01-20")) == day("2025-01-21")
    week = equity.sessions(day("2025-01-17"), day("2025-01-22"))
    assert list(week.astype(str)) == ["2025-01-17", "2025-01-21", "2025-01-22"]
    assert calendar("BONDS").next_session(day("2025-10-10")) == day("2025-10-14")
    assert calendar("NYSE").next_session(day("2025-10-10")) == day("2025-10-13")


def test_moments_have_trade_dates():
    """Sunday evening to Monday noon belongs to Tuesday the 21st; 17:00 Chicago time starts the next date."""
    moments = np.array(["2025-01-17T21:59:59", "2025-01-17T23:00:00", "2025-01-19T23:30:00", "2025-01-20T17:00:00",
    "2025-01-21T15:00:00",
                        "2025-01-21T23:00:00", "2025-07-15T21:59:00", "2025-07-15T22:00:00"], "datetime64[s]")  # fmt: skip
    dates = [
        "2025-01-17",
        "2025-01-21",
        "2025-01-21",
        "2025-01-21",
        "2025-01-21",
        "2025-01-22",
        "2025-07-15",
        "2025-07-16",
    ]
    assert list(calendar("CME_EQUITY").trade_dates(moments).astype(str)) == dates
    assert list(calendar("CRYPTO").trade_dates(np.array(["2025-01-18T23:59:00"], "datetime64[s]")).astype(str)) == [
        "2025-01-18"
    ]


@pytest.mark.parametrize(("exchange", "label", "words"), [
    ("CME_EQUITY", "2025-01-09", "half session: closed 08:30 CT, National Day of Mourning for President Carter"),
    ("NYSE", "2025-01-20", "holiday: Martin Luther King Jr. Day"),
    ("CME_EQUITY", "2025-01-20", "merged: trading on Monday 20 January 2025, Martin Luther King Jr. Day, "
     "belongs to the trade date of Tuesday 21 January 2025"),
    ("CME_EQUITY", "2025-01-21", "merged: holds the trade of Monday 20 January 2025, Martin Luther King Jr. Day, as well"),
    ("NYSE", "2025-01-21", ""),
    ("NYSE", "2025-01-18", "weekend"),
    ("NYSE", "2024-11-29", "half session: closed 13:00 ET"),
    ("CRYPTO", "2025-01-18", ""),
])  # fmt: skip
def test_notes_in_plain_words(exchange, label, words):
    assert calendar(exchange).note(day(label)) == words


def test_an_unknown_exchange_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="NYSE"):
        calendar("NYSEE")


@given(st.sampled_from(EXCHANGES), st.integers(0, 11_300), st.integers(1, 30))
def test_sessions_follow_one_another(exchange, since_2000, n):
    sessions = calendar(exchange)
    label = day("2000-01-01") + np.timedelta64(since_2000, "D")
    ahead = sessions.next_session(label, n)
    assert sessions.is_session(ahead)
    assert len(sessions.sessions(label + np.timedelta64(1, "D"), ahead)) == n
    assert sessions.is_session(sessions.trade_date(label)) and sessions.trade_date(label) >= label


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_closes_ascend_and_belong_to_their_day(exchange):
    sessions = calendar(exchange)
    labels = sessions.sessions(day("2000-01-01"), day("2030-12-31"))
    moments = sessions.closed_at(labels)
    assert np.all(np.diff(moments) > np.timedelta64(0, "s"))
    assert np.all((moments - labels.astype("datetime64[s]")) <= np.timedelta64(24, "h"))


def script():
    spec = importlib.util.spec_from_file_location("write_closures", ROOT / "scripts/write_closures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_script_writes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = script().written(script().tables())
    assert written == Path(table.__file__).read_text(encoding="utf-8")


# The written list of differences, 2015 to 2026. Ours follow the cited notices; where none was found (Good Fridays with payrolls in
# equity-index futures) the libraries contradict each other and ours count as trade into Monday's date.
GOOD_FRIDAYS = {"2024-03-29", "2025-04-18"}
PAYROLL_FRIDAYS = {"2015-04-03", "2021-04-02", "2023-04-07", "2026-04-03"}
CARTER, BUSH = {"2025-01-09"}, {"2018-12-05"}


@lru_cache(maxsize=8)
def pmc(name):
    """Return one library's sessions and the local times of their closes."""
    import pandas_market_calendars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pandas_market_calendars.get_calendar(name)
        closes = found.schedule("2015-01-01", "2026-12-31")["market_close"].dt.tz_convert(found.tz)
    return {str(label.date()): close.strftime("%H:%M") for label, close in closes.items()}


@lru_cache(maxsize=2)
def xc(name):
    """Return the other library's sessions and the local times of their closes."""
    import exchange_calendars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = exchange_calendars.get_calendar(name, start="2015-01-01", end="2026-12-31")
        closes = found.schedule["close"].dt.tz_convert(found.tz)
    return {str(label.date()): close.strftime("%H:%M") for label, close in closes.items()}


def trading_days(exchange):
    """Return the days on which an exchange trades at all, sessions of their own or merged ones."""
    sessions = calendar(exchange)
    every = np.arange(day("2015-01-01"), day("2027-01-01"))
    every = every[(every.astype(int) + 3) % 7 < 5]
    return {str(d) for d in every if sessions.is_session(d) or sessions.is_merged(d)}


@pytest.mark.parametrize(("exchange", "library", "name", "only_ours", "only_theirs"), [
    ("NYSE", pmc, "NYSE", set(), set()),
    ("NYSE", xc, "XNYS", set(), set()),
    ("BONDS", pmc, "SIFMA_US", {"2015-04-03"}, BUSH),
    ("CME_EQUITY", pmc, "CME Globex Equity", set(), BUSH | GOOD_FRIDAYS),
    ("CME_EQUITY", xc, "CMES", CARTER | PAYROLL_FRIDAYS, set()),
    ("CME_RATES", pmc, "CME Globex Fixed Income", set(), BUSH | GOOD_FRIDAYS),
    ("CME_RATES", xc, "CMES", CARTER | PAYROLL_FRIDAYS, set()),
])  # fmt: skip
def test_trading_days_differ_from_the_libraries_only_where_it_is_written(
    exchange, library, name, only_ours, only_theirs
):
    ours, theirs = trading_days(exchange), set(library(name))
    assert (ours - theirs, theirs - ours) == (only_ours, only_theirs)


@pytest.mark.parametrize(("exchange", "library", "name", "differing"), [
    ("NYSE", pmc, "NYSE", set()),
    ("NYSE", xc, "XNYS", set()),
    ("BONDS", pmc, "SIFMA_US", CARTER),
    ("CME_EQUITY", pmc, "CME Globex Equity", CARTER),
    ("CME_RATES", pmc, "CME Globex Fixed Income", CARTER | {"2015-01-16", "2015-02-13", "2015-05-22"}),
])  # fmt: skip
def test_early_closes_differ_from_the_libraries_only_where_it_is_written(exchange, library, name, differing):
    """Regular closes aside: 17:30 at SIFMA is no session's end here, and 15:15 before some holidays of 2015 is no half day."""
    ours = calendar(exchange)
    found = set()
    for label, close in library(name).items():
        if ours.is_session(day(label)) and (ours.is_short(day(label)) or close not in ("16:00", "17:30")):
            found |= {label} if kind_and_close(exchange, day(label))[1] != close else set()
    assert found == differing
