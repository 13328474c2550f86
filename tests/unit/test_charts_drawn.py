"""A chart drawn: readable, apart, alone among others in a page, and the same bytes everywhere."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosscurrent.charts.correlation import correlation_chart
from crosscurrent.charts.ladder import ladder_chart
from crosscurrent.charts.market import market_chart
from crosscurrent.charts.rates import rates_chart
from crosscurrent.charts.spec import Chart
from crosscurrent.facts.marks import Band, Point, Segment
from crosscurrent.intermarket.correlation import CorrelationHistory
from crosscurrent.publish.canvas import Box, text_width
from crosscurrent.publish.drawing import draw_png, draw_svg
from crosscurrent.publish.frame import Room
from crosscurrent.publish.labels import spread
from crosscurrent.publish.theme import DARK, LIGHT, css
from crosscurrent.setups.ladder import ladder
from crosscurrent.setups.triggers import Eve
from crosscurrent.structure import DETECTORS, Tape
from crosscurrent.structure.look import look_at
from strategies import TOY, bars_of, needs_shared, path_bars, random_bars, shared_bars

NS = "{http://www.w3.org/2000/svg}"
WIDTHS = ("wide", "narrow")


def marked(bars, seed: int = 0):
    """Return marks of every shape near the last bars, crowded enough that their words must make way for one another."""
    rng = np.random.default_rng(seed)
    n, price = len(bars), bars.close[-1]
    at = [bars.session[n - 1 - int(k)] for k in rng.integers(0, min(n, 60), 12)]
    early, reach = bars.session[max(n - 50, 0)], 0.02 * abs(price) + 0.01
    return [
        *(
            Band(early, price + k * reach / 6, price + k * reach / 6 + reach / 20, "level", "resistance")
            for k in range(-2, 3)
        ),
        Segment(early, price + 3 * reach, bars.session[-1], price, "upper", "falling wedge"),
        Segment(early, price - reach, bars.session[-1], price - 2 * reach, "lower", "falling wedge", extends=True),
        Segment(bars.session[-1], price + reach, bars.session[-1], price + reach, "target", "target"),
        Segment(early, 70.0, bars.session[-1], 40.0, "line", "rsi_trendline_break", "rsi", extends=True),
        *(Point(day, float(bars.high[bars.index_of(day)]), "candle", "shooting_star") for day in at[:4]),
        *(Point(day, float(bars.low[bars.index_of(day)]), "candle", "morning star (near miss)") for day in at[4:8]),
        *(Point(day, float(bars.close[bars.index_of(day)]), "touch") for day in at[8:]),
        Point(bars.session[-1], 0.0, "cross", "macd_signal_cross", "macd"),
    ]


def market(seed: int = 7, n: int = 400) -> Chart:
    bars = random_bars(seed, n)
    bars = replace(bars, rolled=np.arange(n) % 63 == 62)
    return market_chart(bars, marked(bars, seed), title="Toy futures & more <a>", source="Source: a walk")


def rates() -> Chart:
    bars = [
        replace(random_bars(k, 300), instrument=replace(TOY, name=f"Rate {k}", quoted_as="yield")) for k in range(3)
    ]
    return rates_chart(bars, title="Rates", subtitle="Daily")


def correlation() -> Chart:
    levels = np.concatenate([np.full(9, np.nan), np.sin(np.arange(291) / 9)])
    history = CorrelationHistory(("A", "B"), 10, random_bars(1, 300).session, levels, levels * 0.8)
    return correlation_chart(history, chance_of_levels=0.86, chance_of_changes=0.67)


def climbed(seed: int = 3, n: int = 400) -> Chart:
    bars = random_bars(seed, n)
    return ladder_chart(ladder(Eve(look_at(bars, bars, DETECTORS))), source="Source: a walk")


CHARTS = {"market": market, "rates": rates, "correlation": correlation, "ladder": climbed}


def words_of(svg: str) -> list[tuple[str, Box, float]]:
    """Return every text of a drawing with the rectangle it covers in the widest font, and its size."""
    found = []
    for text in ElementTree.fromstring(svg).iter(f"{NS}text"):
        style = text.get("style", "")
        size = float(re.search(r"font-size: ([\d.]+)px", style).group(1))
        width = text_width(text.text, size, "font-weight: 700" in style)
        x, y = float(text.get("x")), float(text.get("y"))
        left = x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[re.search(r"text-anchor: (\w+)", style).group(1)]
        found.append((text.text, Box(left, y - 0.72 * size, left + width, y), size))
    return found


def page_of(svg: str) -> tuple[float, float]:
    return tuple(float(v) for v in ElementTree.fromstring(svg).get("viewBox").split()[2:])


def troubles(svg: str) -> list[str]:
    """Return what is wrong with the words of a drawing: too small, off the page, over one another."""
    words, (width, height) = words_of(svg), page_of(svg)
    found = [f"{text}: {size}" for text, _, size in words if size < 9.0]
    found += [
        f"{t} leaves the page"
        for t, b, _ in words
        if b.left < -1 or b.right > width + 1 or b.top < 0 or b.bottom > height
    ]
    return found + [f"{a} over {b}" for (a, one, _), (b, other, _) in combinations(words, 2) if one.overlaps(other)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHARTS)
def test_words_are_large_enough_on_the_page_and_apart(name, width):
    svg = draw_svg(CHARTS[name](), width)
    assert troubles(svg) == []
    assert len(words_of(svg)) > 8


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from(WIDTHS))
def test_words_of_a_ladder_stay_apart(seed, width):
    assert troubles(draw_svg(climbed(seed, 300), width)) == []


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from(WIDTHS))
def test_words_stay_apart_on_any_market(seed, width):
    assert troubles(draw_svg(market(seed, 90 + seed % 300), width)) == []


def test_the_check_of_words_catches_each_trouble():
    def text(words: str, x: float, y: float, size: float = 10.0) -> str:
        return f'<text x="{x}" y="{y}" style="font-size: {size}px; text-anchor: start">{words}</text>'

    def drawn(*texts: str) -> str:
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{"".join(texts)}</svg>'

    assert troubles(drawn(text("one", 5, 20), text("two", 5, 40))) == []
    assert troubles(drawn(text("one", 5, 20), text("two", 10, 24))) == ["one over two"]
    assert troubles(drawn(text("a long sentence", 60, 20))) == ["a long sentence leaves the page"]
    assert troubles(drawn(text("one", 5, 20, 8.0))) == ["one: 8.0"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_tells_itself_and_its_ids_are_its_own(name, width):
    chart = CHARTS[name]()
    svg = draw_svg(chart, width)
    root = ElementTree.fromstring(svg)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    used = re.findall(r"url\(#([^)]+)\)", svg)
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (f"{ids[0]}-title", f"{ids[0]}-desc")
    assert (root.find(f"{NS}title").text, chart.alt in root.find(f"{NS}desc").text) == (chart.title, True)
    assert len(ids) == len(set(ids))
    assert all(i.startswith(f"cc-{chart.name}-{width}") for i in ids)
    assert used and set(used) <= set(ids)
    assert not re.search(r"metadata|http(?!://www.w3.org/2000/svg)|<!--|font-family: |DejaVu Sans'|xlink", svg)
    assert len(svg) < 150_000


def test_a_source_is_drawn_where_no_page_tells_it():
    chart = market()
    told = [
        chart.source in [words for words, _, _ in words_of(draw_svg(chart, has_source=has))] for has in (True, False)
    ]
    assert told == [True, False]


def test_the_same_chart_in_two_widths_shares_no_id():
    wide, narrow = (set(re.findall(r'id="([^"]+)"', draw_svg(market(), width))) for width in WIDTHS)
    assert not wide & narrow


def test_every_colour_is_a_variable_with_its_light_colour_as_fallback():
    svg = draw_svg(market())
    body = svg[svg.index("</style>") :]
    bare = re.sub(r"var\(--cc-[a-z-]+,#[0-9a-f]{6}\)", "", body)
    assert not re.search(r"#[0-9a-f]{6}|rgb|black|white", bare)
    assert {name for name, _ in re.findall(r"var\((--cc-[a-z-]+),(#[0-9a-f]{6})\)", body)} > {
        "--cc-up",
        "--cc-down",
        "--cc-level",
    }


def test_a_plain_theme_needs_no_variables():
    dark = draw_svg(market(), theme="dark")
    assert "var(" not in dark
    assert DARK["up"] in dark
    assert LIGHT["up"] not in dark


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(colours):
    inks = (
        "text",
        "muted",
        "fast",
        "slow",
        "momentum",
        "level",
        "line",
        "pattern",
        "first",
        "second",
        "up",
        "down",
        "norm",
        "price",
    )
    assert {
        ink: contrast(colours[ink], colours["surface"])
        for ink in inks
        if contrast(colours[ink], colours["surface"]) < 4.5
    } == {}
    tags = ("price", "momentum", "first", "second")
    assert {
        ink: contrast(colours[ink], colours["on_tag"])
        for ink in tags
        if contrast(colours[ink], colours["on_tag"]) < 4.5
    } == {}


def test_each_light_colour_belongs_to_one_ink_and_both_themes_have_all():
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert LIGHT.keys() == DARK.keys()
    assert css(".x").count("--cc-up:") == 3  # light, dark by the system, dark by the page


def test_a_rise_is_hollow_and_a_fall_is_filled():
    svg = draw_svg(market_chart(bars_of([1.0, 2.0] * 20, [2.1] * 40, [0.9] * 40, [2.0, 1.0] * 20)), theme="light")
    fills = set(re.findall(r'style="(fill: #[0-9a-f]{6}; stroke: #[0-9a-f]{6})', svg))
    assert f"fill: {LIGHT['surface']}; stroke: {LIGHT['up']}" in fills
    assert f"fill: {LIGHT['down']}; stroke: {LIGHT['down']}" in fills


def png_chunks(png: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        found.append(png[at + 4 : at + 8])
        at += 12 + length
    return found


def test_a_png_is_two_pixels_a_unit_and_carries_no_metadata():
    chart = rates()
    png = draw_png(chart)
    width, height = page_of(draw_svg(chart))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (2 * width, 2 * height)
    assert set(png_chunks(png)) == {b"IHDR", b"IDAT", b"IEND"}
    assert draw_png(chart, theme="dark") != png


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_charts_drawn import market, rates
from crosscurrent.publish.drawing import draw_png, draw_svg
drawn = [draw_svg(market()).encode(), draw_svg(rates(), "narrow").encode(), draw_png(market(), "narrow")]
print(hashlib.sha256(b"".join(drawn)).hexdigest())
"""


def test_the_same_bytes_in_other_time_zones_locales_hash_seeds_and_settings(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 20\\npath.simplify: True\\nsvg.fonttype: path\\ntext.hinting: none\\n"
    )
    here = Path(__file__).parent
    path = os.pathsep.join([str(here.parent), str(here)])
    other = {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "de_DE.UTF-8",
        "PYTHONHASHSEED": "7",
        "MATPLOTLIBRC": str(tmp_path),
        "PYTHONPATH": path,
    }
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(here)], env=os.environ | other, capture_output=True, text=True, check=True
    )
    drawn = [draw_svg(market()).encode(), draw_svg(rates(), "narrow").encode(), draw_png(market(), "narrow")]
    assert ran.stdout.strip() == hashlib.sha256(b"".join(drawn)).hexdigest()


def test_many_readers_at_once_are_drawn_the_same_bytes():
    charts = [market(), rates()]
    alone = [(draw_svg(chart), draw_png(chart, "narrow")) for chart in charts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda k: (draw_svg(charts[k % 2]), draw_png(charts[k % 2], "narrow")), range(16)))
    assert together == alone * 8
    assert [(draw_svg(chart), draw_png(chart, "narrow")) for chart in charts] == alone


ODD = {
    "one bar": lambda: path_bars([100.0]),
    "two bars": lambda: path_bars([100.0, 101.0]),
    "flat": lambda: bars_of([5.0] * 80, [5.0] * 80, [5.0] * 80, [5.0] * 80, [0.0] * 80),
    "flat at zero": lambda: bars_of([0.0] * 80, [0.0] * 80, [0.0] * 80, [0.0] * 80),
    "no volume": lambda: replace(random_bars(1, 200), volume=np.full(200, np.nan)),
    "gaps in volume": lambda: replace(random_bars(1, 200), volume=np.where(np.arange(200) % 3, 1e5, np.nan)),
    "negative": lambda: path_bars(np.linspace(20, -40, 150)),
    "very large": lambda: path_bars(np.linspace(1e12, 2e12, 150), wick=1e10),
    "very small": lambda: path_bars(np.linspace(1e-9, 2e-9, 150), wick=1e-11),
    "a crash": lambda: path_bars(np.r_[np.linspace(100, 110, 120), np.linspace(100, 1, 10)]),
    "close-only": lambda: replace(random_bars(2, 200), is_close_only=True),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ODD)
def test_odd_bars_give_a_chart_and_no_warning(name, width):
    bars = ODD[name]()
    chart = market_chart(bars, marked(bars))
    assert troubles(draw_svg(chart, width)) == []
    assert draw_png(chart, width)


def test_a_very_long_series_is_drawn_small_and_fast_enough():
    chart = market_chart(random_bars(3, 8000, inner=2), sessions=8000)
    for width in WIDTHS:
        svg = draw_svg(chart, width)
        assert len(svg) < 150_000
        assert troubles(svg) == []


def test_a_chart_without_panels_is_a_title():
    svg = draw_svg(Chart("empty", "Nothing to show", ()))
    assert [text for text, _, _ in words_of(svg)] == ["Nothing to show"]
    assert draw_png(Chart("empty", "", ()))


def test_no_bars_at_all_are_an_empty_frame():
    chart = market_chart(random_bars(1, 10).first(0), [Point(np.datetime64("2025-01-17"), 1.0, "x", "x")])
    assert troubles(draw_svg(chart)) == []
    assert chart.alt == "Toy: no bars."
    assert draw_png(chart)


def test_any_name_is_drawn_and_stays_valid_xml():
    bars = replace(random_bars(1, 60), instrument=replace(TOY, name="日経 225 $\\alpha$ <b>&\x00\n\u202e 🐂"))
    for svg in (draw_svg(market_chart(bars)), draw_svg(market_chart(bars), "narrow")):
        assert "日経 225 $\\alpha$ <b>&" in ElementTree.fromstring(svg).find(f"{NS}title").text
    assert draw_png(market_chart(bars))


DAYS = st.integers(-400, 700).map(lambda k: np.datetime64("2020-06-01") + np.timedelta64(k, "D"))
PRICES = st.one_of(st.floats(-1e4, 1e4), st.sampled_from([float("nan"), float("inf"), 0.0, 100.0, 101.5]))
PANES = st.sampled_from(["price", "volume", "rsi", "macd"])
LABELS = st.sampled_from(
    ["", "level", "falling wedge", "trendline_break", "a remarkably long name for a mark", "double_top"]
)
MARKS = st.one_of(
    st.builds(
        Segment, DAYS, PRICES, DAYS, PRICES, st.sampled_from(["", "upper", "target"]), LABELS, PANES, st.booleans()
    ),
    st.builds(Band, DAYS, PRICES, PRICES, st.just("level"), LABELS, PANES),
    st.builds(Point, DAYS, PRICES, st.just("candle"), LABELS, PANES),
)


@settings(max_examples=40)
@given(st.lists(MARKS, max_size=12), st.integers(1, 200), st.sampled_from(WIDTHS))
def test_any_marks_give_a_readable_chart(marks, n, width):
    svg = draw_svg(market_chart(random_bars(n, n), marks), width)
    assert troubles(svg) == []
    assert not re.search(r"\bnan\b|\binf\b", svg[svg.index("</style>") :])


@given(st.lists(st.floats(0, 300), max_size=14), st.floats(5, 14))
def test_spread_labels_are_apart_inside_and_in_order(wanted, height):
    centres = spread(wanted, height, 0.0, 300.0)
    gap = min(height, 300.0 / max(len(wanted), 1)) - 1e-9
    ordered = [c for _, c in sorted(zip(wanted, centres, strict=True))]
    assert all(b - a >= gap for a, b in pairwise(ordered))
    assert all(gap / 2 <= c <= 300.0 - gap / 2 for c in centres)


def test_spread_moves_what_collides_evenly_and_leaves_the_rest():
    assert spread([100.0, 104.0, 200.0], 10.0, 0.0, 300.0) == [97.0, 107.0, 200.0]
    assert spread([100.0, 100.0, 100.0], 10.0, 0.0, 300.0) == [90.0, 100.0, 110.0]
    assert spread([0.0, 1.0], 10.0, 0.0, 300.0) == [5.0, 15.0]
    assert spread([], 10.0, 0.0, 300.0) == []


def test_words_take_the_freest_place_and_never_one_over_words():
    room = Room(Box(0, 0, 100, 100))
    room.take(np.array([[0.0, 0.0, 50.0, 50.0]]))
    room.write(Box(60, 60, 90, 70))
    over_strokes, over_words, outside, free = (
        Box(10, 10, 30, 20),
        Box(65, 65, 80, 75),
        Box(90, 10, 120, 20),
        Box(60, 10, 90, 20),
    )
    assert room.best([over_strokes, over_words, outside, free]) == free
    assert room.best([over_strokes, over_words, outside]) == over_strokes
    assert room.best([over_words, outside]) is None
    assert room.is_unwritten(free) and not room.is_unwritten(over_words)


@needs_shared
@pytest.mark.parametrize("name", ["NQ", "ZN", "BTCUSD", "DGS10", "CL"])
@pytest.mark.parametrize("until", ["2025-01-17", "2020-04-21"])
def test_real_markets_are_readable(name, until):
    bars = shared_bars(name, until)
    chart = market_chart(bars, marked(bars))
    for width in WIDTHS:
        assert troubles(draw_svg(chart, width)) == []


def test_what_is_not_known_at_the_last_session_is_not_told_as_the_present():
    bars = random_bars(1, 200)
    unknown = replace(bars, volume=np.append(bars.volume[:-1], np.nan))
    told = [words for words, _, _ in words_of(draw_svg(market_chart(unknown)))]
    assert "Volume" in told
    assert any(words.startswith("Volume ") for words, _, _ in words_of(draw_svg(market_chart(bars))))


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: type(detector).__name__)
def test_what_every_detector_marks_is_drawn_readably(detector):
    bars = random_bars(11, 500)
    facts = detector.sweep(Tape(bars))
    late = facts.where(facts.at >= 440)
    marks = [mark for row in range(min(len(late), 6)) for mark in detector.marks(late.fact(row, bars))]
    for width in WIDTHS:
        assert troubles(draw_svg(market_chart(bars, marks), width)) == []
