"""Every fault of a provider, for each of ours: a typed error or a named gap, never a silent wrong answer, nothing stored lost."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import databento_dbn as dbn
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from server import Reply, serving
from wires import CASES, CLOSES, DAYS, NOW, ROWS, Case, chart, hours, pair, quick, records, series, stamp

from crosscurrent.bars.bars import Bars
from crosscurrent.bars.continuous import adjusted
from crosscurrent.bars.quality import check
from crosscurrent.errors import CrosscurrentError, MissingData, SourceFault
from crosscurrent.sources.archive import Archive
from crosscurrent.sources.fetching import fetch
from crosscurrent.sources.fred import Fred
from crosscurrent.sources.http import Answer, Client
from crosscurrent.sources.provider import Provider
from crosscurrent.sources.taking import take
from crosscurrent.sources.yahoo import Yahoo, by_yfinance, yahoo_symbol


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def asked(
    case: Case, *replies: Reply, now: np.datetime64 | None = NOW, attempts: int = 3
) -> tuple[Bars, Provider, list[str]]:
    """Ask for the market and return its bars, the provider, and what the server heard."""
    with serving(*replies, aside=case.aside) as server:
        provider = case.make(now, server.address, quick(case, attempts))
        return provider.bars(case.market), provider, server.asked


def test_a_good_answer_is_read(case: Case):
    bars, provider, heard = asked(case, Reply(body=case.good))
    assert bars.close[-1] == case.last and [str(day) for day in bars.session] == list(DAYS)
    assert len(heard) == 1 and provider.notes == ()


def test_a_busy_provider_is_asked_again(case: Case):
    bars, _, heard = asked(case, Reply(503), Reply(429), Reply(200, case.good))
    assert bars.close[-1] == case.last and len(heard) == 3


def test_the_wait_that_is_asked_for_is_kept(case: Case):
    slept: list[float] = []
    with (
        serving(Reply(429, headers={"Retry-After": "1"}), Reply(body=case.good), aside=case.aside) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("time.sleep", slept.append)
        case.make(NOW, server.address, quick(case)).bars(case.market)
    assert max(slept) == 1.0


def test_a_wait_given_as_a_date_is_kept(case: Case):
    slept: list[float] = []
    told = {"Retry-After": "Sat, 18 Jan 2025 12:00:01 GMT", "date": "Sat, 18 Jan 2025 12:00:00 GMT"}
    replies = [_answer(429, told, b""), _answer(200, {}, case.body)]
    client = Client(case.make.name, lambda *_: replies.pop(0), wait=0.001)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", slept.append)
        case.make(NOW, "", client).bars(case.market)
    assert slept == [1.0]


def test_a_wait_beyond_all_patience_fails_at_once_and_says_so(case: Case):
    with pytest.raises(SourceFault, match="left alone for 3600 s"):
        asked(case, Reply(429, headers={"Retry-After": "3600"}))


SILENT = {
    "429 for ever": Reply(429),
    "429 for ever with Retry-After": Reply(429, headers={"Retry-After": "0"}),
    "503 for ever": Reply(503),
    "time-out": Reply(way="hang"),
    "reset": Reply(way="reset"),
    "torn": Reply(body=b"x" * 100, way="torn"),
}


@pytest.mark.parametrize("fault", SILENT)
def test_no_answer_is_a_typed_fault_after_bounded_tries(case: Case, fault: str):
    with serving(SILENT[fault], aside=case.aside) as server:
        with pytest.raises(SourceFault, match="times") as raised:
            case.make(NOW, server.address, quick(case)).bars(case.market)
        assert len(server.asked) == 3
    assert raised.value.exit_code == 4 and raised.value.fields["provider"] == case.make.name


ANSWERS = {
    "web page": b"<!doctype html><html>Too many requests</html>",
    "web page with a mark before": b"\n  <html></html>",
    "nothing": b"",
    "blanks": b"  \n ",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_no_data_is_refused_despite_its_status(case: Case, answer: str):
    with pytest.raises(SourceFault, match="answered 200"):
        asked(case, Reply(body=ANSWERS[answer]))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_body_that_breaks_off_is_refused(case: Case, share: float):
    with pytest.raises(SourceFault):
        asked(case, Reply(body=case.good[: int(len(case.good) * share)]))


def test_an_unknown_name_is_missing(case: Case):
    with pytest.raises(MissingData):
        asked(case, Reply(404, b"no such thing"))


def test_another_status_is_a_fault_without_a_second_try(case: Case):
    with serving(Reply(403, b"no"), aside=case.aside) as server:
        with pytest.raises(SourceFault, match="403"):
            case.make(NOW, server.address, quick(case)).bars(case.market)
        assert len(server.asked) == 1


WRONG: dict[str, tuple[str, bytes, str]] = {
    "fred, duplicated": ("fred", series([*ROWS, ROWS[-1]]), "stands twice"),
    "fred, unordered": ("fred", series(ROWS[::-1]), "comes after"),
    "fred, in the future": ("fred", series([*ROWS, ("2025-01-20", 4.6)]), "future"),
    "fred, text": ("fred", series([*ROWS[:-1], (DAYS[-1], "4,62")]), "row 6"),
    "fred, infinite": ("fred", series([*ROWS[:-1], (DAYS[-1], "inf")]), "infinite"),
    "fred, wrong dates": ("fred", series([("13/01/2025", 4.79)]), "ISO date"),
    "fred, no such day": ("fred", series([("2025-02-30", 4.79)]), "calendar"),
    "fred, no rows": ("fred", series([]), "no rows"),
    "fred, no figures": ("fred", series([(day, ".") for day in DAYS]), "no row has a price"),
    "fred, another table": ("fred", b"a,b,c\n1,2,3\n", "a day and a figure"),
    "fred, JSON": ("fred", b'{"error": "bad"}\n', "a day and a figure"),
    "fred, another encoding": ("fred", "observation_date,DGS10\n2025-01-13,4.79é\n".encode("latin-1"), "UTF-8"),
    "yahoo, duplicated": ("yahoo", chart((*DAYS, DAYS[-1]), (*CLOSES, CLOSES[-1])), "stands twice"),
    "yahoo, unordered": ("yahoo", chart(DAYS[::-1], CLOSES[::-1]), "comes after"),
    "yahoo, in the future": ("yahoo", chart((*DAYS, "2025-01-24"), (*CLOSES, 1.0)), "future"),
    "yahoo, no close": ("yahoo", chart(close=[*CLOSES[:-1], None]), "no possible bars"),
    "yahoo, high below low": ("yahoo", chart(high=[c - 50 for c in CLOSES]), "5 of 5 rows"),
    "yahoo, below zero": ("yahoo", chart(low=[-1.0, *[c - 20 for c in CLOSES[1:]]]), "no possible bars"),
    "yahoo, wrong zone": ("yahoo", chart(zone="America/Los_Angeles"), "time zone is wrong"),
    "yahoo, no zone": ("yahoo", chart(zone=""), "time zone"),
    "yahoo, no such zone": ("yahoo", chart(zone="Mars/Base"), "time zone"),
    "yahoo, columns of two lengths": ("yahoo", chart(close=list(CLOSES[:-1])), "not whole"),
    "yahoo, text": ("yahoo", chart(close=["x"] * 5), "columns of a chart"),
    "yahoo, empty chart": ("yahoo", chart((), ()), "no rows"),
    "yahoo, no chart": ("yahoo", b'{"chart": {"result": [], "error": null}}', "no chart"),
    "yahoo, another document": ("yahoo", b'{"finance": {}}', "JSON of a chart"),
    "yahoo, a list": ("yahoo", b"[1, 2]", "JSON of a chart"),
    "ccxt, duplicated": ("ccxt", pair((*DAYS, DAYS[-1]), (*CLOSES, 1.0e3)), "stands twice"),
    "ccxt, in the future": ("ccxt", pair((*DAYS, "2025-01-24"), (*CLOSES, 1.0e3)), "future"),
    "ccxt, no close": ("ccxt", pair(close=[*CLOSES[:-1], None]), "no possible bars"),
    "ccxt, NaN": ("ccxt", pair(close=[*CLOSES[:-1], "NaN"]), "no possible bars"),
    "ccxt, high below low": ("ccxt", pair(high=[str(c - 50) for c in CLOSES]), "5 of 5 rows"),
    "ccxt, below zero": ("ccxt", pair(low=["-1", *[str(c - 20) for c in CLOSES[1:]]]), "no possible bars"),
    "ccxt, wrong zone": ("ccxt", pair(shift=5 * 3600), "time zone is wrong"),
    "ccxt, no days": ("ccxt", pair((), ()), "no days"),
    "ccxt, another document": ("ccxt", b'{"code": 7, "reason": "maintenance"}', "no days"),
    "ccxt, nulls alone": ("ccxt", pair(open=[None] * 5, high=[None] * 5, low=[None] * 5, close=[None] * 5), "no row"),
    "databento, duplicated": ("databento", records(np.r_[hours(), hours()[-1:]], [20e3] * 116), "stands twice"),
    "databento, unordered": ("databento", records(hours()[::-1]), "comes after"),
    "databento, in the future": ("databento", records(hours((*DAYS, "2025-01-21")), [20e3] * 138), "future"),
    "databento, no close": ("databento", records(closes=[None] * 115), "no session of its answer is whole|no possible"),
    "databento, high below low": ("databento", records(high=[1.0] * 115), "115 of 115 rows"),
    "databento, below zero": ("databento", records(closes=[-1.0] * 115), "no possible bars"),
    "databento, wrong zone": ("databento", records(hours() - np.timedelta64(6, "h")), "time zone is wrong"),
    "databento, days": ("databento", records(schema=dbn.Schema.OHLCV_1D), "not hours"),
    "databento, no hours": ("databento", records([], []), "no hours"),
    "databento, not packed": ("databento", records(pack=False), "cannot be read"),
    "databento, JSON": ("databento", b'{"detail": "none"}', "cannot be read"),
    "yahoo, nulls alone": ("yahoo", chart(closes=[None] * 5), "no row"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_data_are_refused_with_the_rule(name: str):
    provider, body, rule = WRONG[name]
    case = CASES[provider]
    with pytest.raises(SourceFault, match=rule) as raised:
        asked(case, Reply(body=body))
    assert case.market in raised.value.sentence


@given(st.sampled_from(sorted(CASES)), st.data())
def test_any_damage_is_a_typed_fault_or_does_none(provider: str, data: st.DataObject):
    case = CASES[provider]
    at = data.draw(st.integers(0, len(case.body)))
    gone = data.draw(st.integers(0, 40))
    body = (
        case.body[:at]
        + data.draw(st.sampled_from([b"", b"null", b"1e999", b"-1" * 12, b"\n", b"\xff", b"[]"]))
        + case.body[at + gone :]
    )
    client = Client(case.make.name, lambda *_: _answer(200, {}, body))
    with contextlib.suppress(SourceFault, MissingData):
        bars = case.make(NOW, "", client).bars(case.market)
        assert (
            np.isfinite(bars.close).all() and (np.diff(bars.session).astype(int) > 0).all() and bars.session[-1] <= NOW
        )


def test_what_the_provider_says_of_an_unknown_symbol_is_told():
    said = b'{"chart": {"result": null, "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"}}}'
    with pytest.raises(MissingData, match="delisted"):
        asked(CASES["yahoo"], Reply(body=said))


def test_a_missing_session_is_a_named_gap(case: Case):
    bars, provider, _ = asked(case, Reply(body=case.without_wednesday))
    assert len(bars) == 4 and any("2025-01-15" in gap.why for gap in provider.notes)


def test_a_roll_that_jumps_is_kept_as_it_traded_and_told():
    days = [
        str(day)
        for day in np.busday_offset(np.datetime64("2024-12-09"), np.arange(15), roll="forward")
        if str(day) != "2024-12-25"
    ]
    closes = [20_000.0 + 400.0 * (day > "2024-12-20") for day in days]
    bars, _, _ = asked(CASES["yahoo"], Reply(body=chart(days, closes)))
    (told,) = [finding for finding in check(bars) if finding.rule == "rolls"]
    assert bars.close[-1] == 20_400.0 and "1 rolls, the last on 2024-12-23" in told.sentence
    assert adjusted(bars).roll_source == "unadjusted"


def test_a_contract_that_changes_inside_a_session_is_marked_as_a_roll():
    contract = [7] * 52 + [8] * 63
    body = records(closes=[20_000.0 if c == 7 else 20_190.25 for c in contract], contract=contract)
    bars, _, _ = asked(CASES["databento"], Reply(body=body))
    assert list(bars.rolled) == [False, False, True, False, False] and np.isnan(bars.gap[2])
    assert adjusted(bars).roll_source == "unadjusted"
    reference = replace(bars, market="NDX", close=np.full(5, 20_000.0), rolled=np.zeros(5, bool), gap=None)
    assert adjusted(bars, reference).roll_source == "estimated" and adjusted(bars, reference).shift[
        -1
    ] == pytest.approx(190.25)


def test_rows_of_nulls_are_a_named_gap():
    bars, provider, _ = asked(CASES["yahoo"], Reply(body=chart(closes=[*CLOSES[:2], None, *CLOSES[3:]])))
    assert len(bars) == 4 and any("2025-01-15" in gap.why for gap in provider.notes)


def test_a_missing_figure_of_fred_is_a_named_gap():
    rows = [*ROWS[:2], (DAYS[2], "."), *ROWS[3:]]
    bars, provider, _ = asked(CASES["fred"], Reply(body=series(rows)))
    assert len(bars) == 4 and any("2025-01-15" in gap.why for gap in provider.notes)


def test_a_single_impossible_bar_among_many_is_left_out_by_name():
    days = [str(day) for day in np.busday_offset(np.datetime64("2024-05-01"), np.arange(150), roll="forward")]
    closes = list(20_000.0 + np.arange(150))
    low = [close + 500 if i == 77 else close - 20 for i, close in enumerate(closes)]
    bars, provider, _ = asked(CASES["yahoo"], Reply(body=chart(days, closes, low=low)))
    assert days[77] not in bars.session.astype(str) and any(days[77] in gap.why for gap in provider.notes)


def test_the_running_session_is_left_out_by_name():
    now = np.datetime64("2025-01-17T20:00:00", "s")
    bars, provider, _ = asked(CASES["yahoo"], Reply(body=chart()), now=now)
    assert str(bars.session[-1]) == "2025-01-16" and "still running" in provider.notes[0].why
    assert "still running" in take(provider, ["NQ"]).gaps[0].why


def test_the_last_trade_repeated_as_a_bar_is_not_one():
    stamps = [*(stamp(day) for day in DAYS), stamp(DAYS[-1], 16)]
    bars, _, _ = asked(CASES["yahoo"], Reply(body=chart(closes=(*CLOSES, 21_620.0), stamps=stamps)))
    assert len(bars) == 5 and bars.close[-1] == CLOSES[-1]


def test_a_yield_quoted_tenfold_is_refused():
    body = chart(closes=(46.6, 46.1, 46.2, 46.3, 46.4), low=[40.0] * 5, open=[46.0] * 5)
    with serving(Reply(body=body)) as server, pytest.raises(SourceFault, match="times ten"):
        Yahoo(NOW, server.address, quick(CASES["yahoo"])).bars("TNX")


def test_without_a_clock_the_answers_own_date_tells_the_future(case: Case):
    bars, _, _ = asked(case, Reply(body=case.good), now=None)
    assert len(bars) == 5
    client = Client(case.make.name, lambda *_: _answer(200, {}, case.body))
    with pytest.raises(SourceFault, match="bears no date"):
        case.make(None, "", client).bars(case.market)


def test_nothing_kept_is_lost_by_any_fault(case: Case, tmp_path: Path):
    archive = Archive(tmp_path)
    with serving(Reply(body=case.good), aside=case.aside) as server:
        fetch(case.make(NOW, server.address, quick(case)), [case.market], archive, NOW)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    short = case.without_wednesday
    bad = [body for name, body, _ in WRONG.values() if name == case.make.name.lower()]
    for reply in (*SILENT.values(), *(Reply(body=body) for body in (*ANSWERS.values(), *bad, short))):
        with serving(reply, aside=case.aside) as server, pytest.raises(CrosscurrentError):
            fetch(case.make(NOW, server.address, quick(case, 2)), [case.market], archive, NOW)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert archive.bars(case.market).close[-1] == case.last


def test_one_failing_market_is_a_gap_and_the_others_are_kept(tmp_path: Path):
    good, bad = series(ROWS), b"<html>"
    answers = {"DGS10": good, "DGS2": bad}
    client = Client("FRED", lambda url, params, timeout: _answer(200, {}, answers[params["id"]]))
    done = fetch(Fred(NOW, "", client), ["DGS2", "DGS10"], Archive(tmp_path), NOW)
    assert (
        [kept.market for kept in done.kept] == ["DGS10"]
        and done.gaps[0].what == "DGS2"
        and "web page" in done.gaps[0].why
    )


def test_yahoo_without_yfinance_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "yfinance.data", None)
    with pytest.raises(CrosscurrentError, match=r"crosscurrent\[live\]"):
        Yahoo(NOW).bars("NQ")


class _RateLimited(Exception):
    """As yfinance raises it."""


class _Broken(Exception):
    """As yfinance raises it."""


def yfinance(get: Callable[..., object]) -> dict[str, ModuleType]:
    """Return modules that stand in for yfinance, whose requests `get` answers."""
    data, exceptions = ModuleType("yfinance.data"), ModuleType("yfinance.exceptions")
    data.YfData = type("YfData", (), {"get": lambda self, url, params, timeout: get(url, params)})
    exceptions.YFException, exceptions.YFRateLimitError = _Broken, _RateLimited
    return {"yfinance": ModuleType("yfinance"), "yfinance.data": data, "yfinance.exceptions": exceptions}


def test_a_request_to_yahoo_travels_by_yfinance(monkeypatch: pytest.MonkeyPatch):
    heard: list[str] = []

    def get(url: str, params: dict[str, str]) -> object:
        heard.append(url)
        return SimpleNamespace(status_code=200, headers={"Date": "Sat, 18 Jan 2025 12:00:00 GMT"}, content=chart())

    for name, module in yfinance(get).items():
        monkeypatch.setitem(sys.modules, name, module)
    assert Yahoo().bars("NQ").close[-1] == CLOSES[-1]
    assert heard == ["https://query2.finance.yahoo.com/v8/finance/chart/NQ=F"]


@pytest.mark.parametrize(
    "fault", [_RateLimited("slow down"), _Broken("no crumb"), OSError("curl: (28)"), RuntimeError("odd")]
)
def test_what_yfinance_raises_becomes_our_fault(monkeypatch: pytest.MonkeyPatch, fault: Exception):
    def get(url: str, params: dict[str, str]) -> object:
        raise fault

    for name, module in yfinance(get).items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(SourceFault, match="2 times"):
        Yahoo(NOW, "", Client("Yahoo", by_yfinance, attempts=2, wait=0.001)).bars("NQ")


def test_markets_are_spelled_as_yahoo_spells_them():
    spelled = {
        name: yahoo_symbol(name) for name in ("NQ", "ZN", "SPX", "VIX", "TNX", "EURUSD", "BTCUSD", "DXY", "SPY", "AAPL")
    }
    assert list(spelled.values()) == [
        "NQ=F",
        "ZN=F",
        "^GSPC",
        "^VIX",
        "^TNX",
        "EURUSD=X",
        "BTC-USD",
        "DX-Y.NYB",
        "SPY",
        "AAPL",
    ]
    assert {"NQ", "SPX", "SPY", "TNX"} <= set(Yahoo().markets()) and "DGS10" not in Yahoo().markets()


def _answer(status: int, headers: dict[str, str], body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)
