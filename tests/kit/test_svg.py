"""Charts: what they draw stands where its number says, and is told in words too."""

import math
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.svg import Mark, Point, Row, interval_dots, strip, trend
from kit.svg.canvas import scale_of

NS = "{http://www.w3.org/2000/svg}"
MAIN, WARN, PEER = (
    "var(--chart-1, #0d5c63)",
    "var(--chart-warn, #c75300)",
    "var(--chart-peer, #d8d3c5)",
)
REFERENCE = "var(--chart-ref, #5f6966)"


def parse(svg):
    return ET.fromstring(svg)


def texts(svg):
    return ["".join(text.itertext()) for text in parse(svg).iter(f"{NS}text")]


def share(text):
    assert text.endswith("%")
    return float(text[:-1])


def find(svg, tag, **attributes):
    return [
        element
        for element in parse(svg).iter(NS + tag)
        if all(element.get(k.replace("_", "-")) == v for k, v in attributes.items())
    ]


def on_hundred(value):
    """Where `value` stands in per cent of the width on a scale from 0 to 100."""
    return pytest.approx(2.5 + value * 0.95, abs=0.01)


def main_dots(svg):
    """Dots of the data; those of the legend are drawn in pixels."""
    return [c for c in find(svg, "circle", fill=MAIN) if c.get("cx").endswith("%")]


def test_dot_interval_peers_and_reference_share_one_scale():
    svg = interval_dots(
        [Row("Picking", 50, 40, 65, peers=[10, 90])],
        title="t",
        limits=(0, 100),
        reference=75,
        reference_label="standard",
    )
    (dot,) = main_dots(svg)
    assert share(dot.get("cx")) == on_hundred(50)
    (bar,) = [e for e in find(svg, "line", stroke=MAIN) if e.get("x1").endswith("%")]
    assert [share(bar.get("x1")), share(bar.get("x2"))] == [on_hundred(40), on_hundred(65)]
    peers = [e for e in find(svg, "line", stroke=PEER) if e.get("x1").endswith("%")]
    assert [share(e.get("x1")) for e in peers] == [on_hundred(10), on_hundred(90)]
    (line,) = find(svg, "line", stroke=REFERENCE)
    assert share(line.get("x1")) == on_hundred(75)
    assert "standard" in texts(svg)


def test_rows_stand_on_the_same_scale():
    svg = interval_dots([Row("a", 20), Row("b", 20), Row("c", 80)], title="t", limits=(0, 100))
    assert [share(dot.get("cx")) for dot in main_dots(svg)] == [
        on_hundred(20),
        on_hundred(20),
        on_hundred(80),
    ]


def test_an_interval_beyond_the_scale_ends_in_an_arrow():
    inside = interval_dots([Row("a", 50, 10, 90)], title="t", limits=(0, 100))
    beyond = interval_dots([Row("a", 50, 10, 900)], title="t", limits=(0, 100))
    assert not find(inside, "path")
    assert len(find(beyond, "path")) == 1


def test_a_row_without_enough_data_says_so_and_draws_no_dot():
    svg = interval_dots([Row("Packing", None, peers=[1, 2])], title="t")
    assert "not enough data" in texts(svg)
    assert not main_dots(svg)
    with translation.override("zh-hans"):
        assert "数据不足" in texts(interval_dots([Row("打包", None)], title="t"))


def test_what_stands_out_has_a_ring_and_not_only_a_colour():
    svg = interval_dots([Row("a", 50, flagged=True)], title="t", limits=(0, 100))
    rings = find(svg, "circle", stroke=WARN)
    assert any(ring.get("fill") == "var(--sheet, #ffffff)" for ring in rings)
    assert "stands out" in texts(svg)


def test_words_are_escaped():
    bad = "<b>&\"' 喆"
    for svg in (
        interval_dots(
            [Row(bad, 1, text=bad)],
            title=bad,
            desc=bad,
            unit=bad,
            reference=1,
            reference_label=bad,
            interval_label=bad,
            peers_label=bad,
        ),
        trend([Point(bad, 1, text=bad)], title=bad, desc=bad, unit=bad, value_label=bad),
        strip([1, 2], title=bad, marks=[Mark(1, bad)], unit=bad),
    ):
        assert "<b>" not in svg
        assert bad in texts(svg)
        assert parse(svg).find(f"{NS}title").text == bad


def test_each_chart_has_a_title_and_says_in_words_what_it_shows():
    rows = interval_dots([Row("Picking", 1, text="112 %"), Row("Packing", None)], title="Scores")
    assert parse(rows).get("role") == "img"
    assert parse(rows).find(f"{NS}title").text == "Scores"
    assert parse(rows).find(f"{NS}desc").text == "Picking: 112 %; Packing: not enough data"
    line = trend([Point("W1", 1, text="98 %"), Point("W2", None)], title="Trend")
    assert parse(line).find(f"{NS}desc").text == "W1: 98 %; W2: –"


@pytest.mark.parametrize(
    "svg",
    [
        interval_dots([], title="t"),
        trend([], title="t"),
        trend([Point("W1", None)], title="t"),
        strip([], title="t"),
        strip([math.nan], title="t"),
    ],
)
def test_nothing_to_show_is_said(svg):
    assert texts(svg) == ["Nothing to show yet"]


def test_a_trend_leaves_a_gap_where_a_period_is_missing():
    svg = trend(
        [Point("1", 10), Point("2", 20), Point("3", None), Point("4", 30)],
        title="t",
        limits=(0, 40),
    )
    joined = [e for e in find(svg, "line", stroke=MAIN) if e.get("x1") != e.get("x2")]
    assert len(joined) == 1
    assert len(main_dots(svg)) == 3


def test_a_higher_value_stands_higher():
    svg = trend([Point("1", 10), Point("2", 30)], title="t", limits=(0, 40))
    low, high = (float(dot.get("cy")) for dot in main_dots(svg))
    assert high < low


def test_every_period_of_a_short_trend_and_the_last_of_a_long_one_are_named():
    few = trend([Point(f"W{n}", n) for n in range(1, 5)], title="t")
    assert {"W1", "W2", "W3", "W4"} <= set(texts(few))
    many = trend([Point(f"2024-W{n:02}", n) for n in range(1, 53)], title="t")
    named = [text for text in texts(many) if text.startswith("2024")]
    assert "2024-W52" in named
    assert len(named) <= 6


def test_limits_of_chance_are_drawn_where_they_are():
    svg = trend([Point("1", 10, limit_low=5, limit_high=15)], title="t", limits=(0, 20))
    (band,) = [e for e in find(svg, "rect", fill=PEER) if e.get("x").endswith("%")]
    assert float(band.get("y")) == pytest.approx(26 + 170 * 0.25)
    assert float(band.get("height")) == pytest.approx(170 * 0.5)


def test_a_strip_has_a_dot_for_everybody_and_bars_for_a_crowd():
    few = strip([1, 2, 2, 3], title="t", marks=[Mark(2, "you")])
    assert len(find(few, "circle", fill=PEER)) == 4
    assert len(main_dots(few)) == 1
    assert "you" in texts(few)
    crowd = strip([n % 10 for n in range(1000)], title="t")
    assert not find(crowd, "circle")
    assert len(find(crowd, "rect", fill=PEER)) == 10


NUMBER = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-1e6, 1e6),
    st.integers(-5, 5),
)


def inside(svg):
    """Every mark lies in the picture."""
    root = parse(svg)
    height = float(root.get("height"))
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            value = element.get(name, "")
            if value.endswith("%"):
                assert -0.01 <= share(value) <= 100.01
        for name in ("y", "y1", "y2", "cy"):
            value = element.get(name)
            if value is not None and not value.endswith("%"):
                assert -10 <= float(value) <= height
        assert "nan" not in "".join(element.attrib.values()).lower().split()


@given(rows=st.lists(st.tuples(NUMBER, NUMBER, NUMBER, st.lists(NUMBER, max_size=3)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_the_numbers_the_intervals_stay_in_the_picture(rows):
    inside(interval_dots([Row("a", *row[:3], peers=row[3]) for row in rows], title="t"))


@given(rows=st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, NUMBER), max_size=6), ref=NUMBER)
@settings(max_examples=150, deadline=None)
def test_whatever_the_numbers_the_trend_stays_in_the_picture(rows, ref):
    inside(trend([Point("a", *row, text="x") for row in rows], title="t", reference=ref))


@given(values=st.lists(NUMBER, max_size=30), ref=NUMBER)
@settings(max_examples=150, deadline=None)
def test_whatever_the_numbers_the_strip_stays_in_the_picture(values, ref):
    inside(strip(values, title="t", reference=ref, reference_label="r"))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5))
def test_a_scale_is_round_and_holds_all_values(values):
    scale = scale_of(values, start=0, end=100)
    slack = 1e-6 * (scale.high - scale.low)
    assert scale.low <= min(values) + slack
    assert scale.high >= max(values) - slack
    assert 2 <= len(scale.ticks) <= 8
    labels = [scale.label(tick) for tick in scale.ticks]
    assert len(set(labels)) == len(labels)
