"""Write `markets/closures.py` from the calendar libraries, because importing them costs a second that a note does not have.

    python scripts/write_closures.py

Base: pandas-market-calendars (NYSE, SIFMA US, CME Globex Equity, Fixed Income, Gold and Crude). A weekday on which the CME
trades for a few hours while the NYSE is closed has no settlement of its own: its trade belongs to the next trade date, so it is
written as merged. On Good Friday the CME opens only when the payroll report falls on it (a first Friday of April); the library
has it open in most years since 2022, so other Good Fridays are written as closed. What the library has wrong elsewhere is
corrected by hand, with a source each, in `markets/overrides.py`.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import pandas as pd
from dateutil.easter import easter

FIRST, LAST = "1980-01-01", "2030-12-31"
TARGET = Path(__file__).resolve().parents[1] / "src/crosscurrent/markets/closures.py"
LIBRARY = {
    "NYSE": "NYSE",
    "BONDS": "SIFMA_US",
    "CME_EQUITY": "CME Globex Equity",
    "CME_RATES": "CME Globex Fixed Income",
    "CME_METALS": "CMEGlobex_Gold",
    "CME_ENERGY": "CMEGlobex_Crude",
}
REGULAR = {"NYSE": "16:00", "BONDS": "17:30"}
SPECIAL = {
    "1980-11-04": "Election Day",
    "1985-09-27": "Hurricane Gloria",
    "1994-04-27": "National Day of Mourning for President Nixon",
    "2001-09-11": "attacks of 11 September",
    "2001-09-12": "attacks of 11 September",
    "2001-09-13": "attacks of 11 September",
    "2001-09-14": "attacks of 11 September",
    "2004-06-11": "National Day of Mourning for President Reagan",
    "2007-01-02": "National Day of Mourning for President Ford",
    "2012-10-29": "Hurricane Sandy",
    "2012-10-30": "Hurricane Sandy",
    "2018-12-05": "National Day of Mourning for President Bush",
    "2025-01-09": "National Day of Mourning for President Carter",
}


def nth(year: int, month: int, weekday: int, n: int) -> str:
    """Return the n-th weekday (0 is Monday) of a month, counted from its end when n is negative."""
    days = pd.date_range(f"{year}-{month:02d}-01", periods=31).to_series()
    days = days[(days.dt.month == month) & (days.dt.weekday == weekday)]
    return str(days.iloc[n - 1 if n > 0 else n].date())


@lru_cache(maxsize=64)
def names_of(year: int) -> dict[str, str]:
    """Return the holidays of a year by date, with the weekdays on which they are observed."""
    moving = {
        nth(year, 1, 0, 3): "Martin Luther King Jr. Day",
        nth(year, 2, 0, 3): "Presidents' Day",
        str((pd.Timestamp(easter(year)) - pd.Timedelta(days=2)).date()): "Good Friday",
        nth(year, 5, 0, -1): "Memorial Day",
        nth(year, 9, 0, 1): "Labor Day",
        nth(year, 10, 0, 2): "Columbus Day",
        nth(year, 11, 3, 4): "Thanksgiving Day",
    }
    fixed = {"01-01": "New Year's Day", "06-19": "Juneteenth", "07-04": "Independence Day", "11-11": "Veterans Day"}
    fixed["12-25"] = "Christmas Day"
    for day, name in fixed.items():
        date = pd.Timestamp(f"{year}-{day}")
        for shift in (-1, 0, 1):
            moving.setdefault(str((date + pd.Timedelta(days=shift)).date()), name)
    return moving


@lru_cache(maxsize=8)
def schedule(exchange: str) -> pd.DataFrame:
    """Return one library calendar's sessions with the local time of their close."""
    import pandas_market_calendars as libraries

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendar = libraries.get_calendar(LIBRARY[exchange])
        table = calendar.schedule(FIRST, LAST)
    table["close"] = table["market_close"].dt.tz_convert(calendar.tz).dt.strftime("%H:%M")
    return table


def tables() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return for each exchange its closed days by holiday, merged days by holiday and short days by time of close."""
    found = {}
    weekdays = pd.bdate_range(FIRST, LAST)
    stocks = schedule("NYSE").index
    for exchange in LIBRARY:
        table = schedule(exchange)
        floor = table.index if exchange == "BONDS" else table.index.intersection(stocks)
        quiet = table.index.difference(floor)[quiet_good_fridays(table.index.difference(floor))]
        found[exchange] = {
            "CLOSED": by_name(weekdays.difference(table.index).union(quiet)),
            "MERGED": by_name(table.index.difference(floor).difference(quiet)),
            "SHORT": by_close(table.loc[floor, "close"], REGULAR.get(exchange, "16:00")),
        }
    return found


def quiet_good_fridays(days: pd.DatetimeIndex) -> list[bool]:
    """Return which days are Good Fridays without a payroll report."""
    return [names_of(d.year).get(str(d.date())) == "Good Friday" and not (d.month == 4 and d.day <= 7) for d in days]


def by_name(days: pd.DatetimeIndex) -> dict[str, list[str]]:
    found = defaultdict(list)
    for day in days:
        text = str(day.date())
        found[SPECIAL.get(text) or names_of(day.year).get(text, "closed")].append(text)
    return dict(found)


def by_close(close: pd.Series, regular: str) -> dict[str, list[str]]:
    """Return the days that close early by the time; 15:15 and later is no short session but the close of its era."""
    found = defaultdict(list)
    for day, time in close.items():
        if time < min(regular, "15:00"):
            found[time].append(str(day.date()))
    return dict(found)


def wrapped(days: list[str]) -> str:
    """Return days as one text, over as many lines as it needs, the way the formatter likes it."""
    lines = [" ".join(days[i : i + 10]) for i in range(0, len(days), 10)]
    if len(lines) == 1:
        return f'"{lines[0]}"'
    rows = [f'"{line} "' for line in lines[:-1]] + [f'"{lines[-1]}"']
    return "(\n            " + "\n            ".join(rows) + "\n        )"


def written(found: dict[str, dict[str, dict[str, list[str]]]]) -> str:
    """Return the table as a module."""
    text = '"""When exchanges are closed, trade into the next trade date, or close early: 1980 to 2030.\n\n'
    text += "Written by `scripts/write_closures.py` from pandas-market-calendars; do not edit. Corrections: `overrides.py`.\n"
    text += '"""\n\nfrom __future__ import annotations\n\n__all__ = ["CLOSED", "MERGED", "SHORT"]\n'
    about = {
        "CLOSED": "Closed weekdays",
        "MERGED": "Weekdays whose trade belongs to the next trade date",
        "SHORT": "Early closes",
    }
    for what in ("CLOSED", "MERGED", "SHORT"):
        text += f"\n{what}: dict[str, dict[str, str]] = {{\n"
        for exchange, table in found.items():
            rows = "".join(f'        "{key}": {wrapped(days)},\n' for key, days in table[what].items())
            text += f'    "{exchange}": {{\n{rows}    }},\n' if rows else f'    "{exchange}": {{}},\n'
        text += f'}}\n"""{about[what]}, by exchange and {"local time" if what == "SHORT" else "name"}."""\n'
    return text


if __name__ == "__main__":
    TARGET.write_text(written(tables()), encoding="utf-8")
