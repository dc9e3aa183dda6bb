"""A value over time, with its interval and the range in which it would move by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import (
    GRID,
    INK,
    LABEL,
    MAIN,
    PEER,
    REFERENCE,
    SHEET,
    WARN,
    Canvas,
    Key,
    Scale,
    anchor_at,
    empty,
    known,
    legend,
    scale_of,
    shape,
    width_of,
)

LEFT, RIGHT = 9.0, 98.0
TOP, HEIGHT = 26, 170


@dataclass(frozen=True)
class Point:
    """One period: its label, its value (None leaves a gap), interval and limits of chance.

    `text` is the value in words, shown on the last point and to a pointing device. `flagged` adds
    a ring.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    limit_low: float | None = None
    limit_high: float | None = None
    text: str = ""
    flagged: bool = False


def trend(
    points: Sequence[Point],
    *,
    title: str,
    desc: str = "",
    unit: str = "",
    limits: tuple[float, float] | None = None,
    reference: float | None = None,
    reference_label: str = "",
    value_label: str = "",
    limits_label: str = "",
) -> SafeString:
    """Draw `points` from left to right at equal distances.

    `limits` fixes the ends of the scale, `unit` follows its numbers, `reference` draws a dashed
    line, labelled. `value_label` and `limits_label` name the marks in the legend.
    """
    if not any(known(point.value) for point in points):
        return empty(title=title, desc=desc, text=_("Nothing to show yet"))
    values = [v for p in points for v in (p.value, p.low, p.high, p.limit_low, p.limit_high)]
    scale = scale_of([*values, reference], start=TOP + HEIGHT, end=TOP, limits=limits, steps=3)
    slot = (RIGHT - LEFT) / len(points)
    places = [LEFT + (i + 0.5) * slot for i in range(len(points))]
    canvas = Canvas()
    for tick in scale.ticks:
        y = scale(tick)
        canvas.line(0, y, 100, y, stroke=GRID)
        canvas.text(0, y - 4, scale.label(tick, unit))
    _chance(canvas, scale, points, places, slot)
    if known(reference):
        y = scale(reference)
        canvas.line(0, y, 100, y, stroke=REFERENCE, stroke_width=1.5, stroke_dasharray="5 4")
    _series(canvas, scale, points, places)
    y = TOP + HEIGHT + 18
    for i in _labelled(points):
        canvas.text(places[i], y, points[i].label, anchor=anchor_at(places[i]))
    y += 10
    keys = _keys(points, value_label, limits_label)
    if known(reference) and reference_label:
        dashes = shape(
            "line",
            x1=-11,
            x2=11,
            y1=0,
            y2=0,
            stroke=REFERENCE,
            stroke_width=1.5,
            stroke_dasharray="5 4",
        )
        keys.append(Key(dashes, reference_label))
    y += legend(canvas, y, keys)
    return canvas.finish(height=y, title=title, desc=desc or _described(points))


def _chance(
    canvas: Canvas, scale: Scale, points: Sequence[Point], places: Sequence[float], slot: float
) -> None:
    for point, x in zip(points, places, strict=True):
        if known(point.limit_low) or known(point.limit_high):
            low = scale(point.limit_low) if known(point.limit_low) else scale.start
            high = scale(point.limit_high) if known(point.limit_high) else scale.end
            canvas.rect(x - slot / 2, high, slot, low - high, fill=PEER, fill_opacity=0.45)


def _series(canvas: Canvas, scale: Scale, points: Sequence[Point], places: Sequence[float]) -> None:
    drawn = list(zip(points, places, strict=True))
    for (one, x1), (two, x2) in pairwise(drawn):
        if known(one.value) and known(two.value):
            canvas.line(
                x1,
                scale(one.value),
                x2,
                scale(two.value),
                stroke=MAIN,
                stroke_width=1.5,
                stroke_opacity=0.55,
            )
    for point, x in drawn:
        if not known(point.value):
            continue
        colour = WARN if point.flagged else MAIN
        if known(point.low) and known(point.high):
            canvas.line(
                x,
                scale(point.low),
                x,
                scale(point.high),
                stroke=colour,
                stroke_width=3,
                stroke_opacity=0.45,
                stroke_linecap="round",
            )
        y = scale(point.value)
        if point.flagged:
            canvas.circle(x, y, 8.5, fill=SHEET, stroke=colour, stroke_width=2)
        canvas.circle(x, y, 5.5, fill=colour, stroke=SHEET, stroke_width=1.5)
    last, x = next((point, x) for point, x in reversed(drawn) if known(point.value))
    if last.text:
        top = max(v for v in (last.value, last.high) if known(v))
        y = max(scale(top) - 10, 12)
        # A halo of its own: WeasyPrint knows no paint-order and would paint it over the letters.
        for halo in ({"fill": SHEET, "stroke": SHEET, "stroke_width": 4}, {"fill": INK}):
            canvas.text(x, y, last.text, anchor=anchor_at(x), size=LABEL, font_weight=600, **halo)


def _labelled(points: Sequence[Point]) -> list[int]:
    """Which points carry their label: the last, and as many evenly before it as a phone holds."""
    widest = max(width_of(point.label) for point in points) + 12
    step = max(1, -(-len(points) * widest // 270))
    chosen = list(range(len(points) - 1, -1, -int(step)))
    # The last label ends at its point, half a word further left than the others.
    if len(chosen) > 1 and step * 270 / len(points) < 1.6 * widest:
        del chosen[1]
    return sorted(chosen)


def _keys(points: Sequence[Point], value_label: str, limits_label: str) -> list[Key]:
    dot = shape("circle", cx=0, cy=0, r=4.5, fill=MAIN)
    ends = any(known(point.low) for point in points)
    bar = shape("line", x1=0, x2=0, y1=-8, y2=8, stroke=MAIN, stroke_width=3, stroke_opacity=0.45)
    word = value_label or (_("value with its interval") if ends else _("value"))
    keys = [Key(bar + dot if ends else dot, word)]
    if any(point.flagged for point in points):
        ring = shape("circle", cx=0, cy=0, r=6, fill="none", stroke=WARN, stroke_width=2)
        keys.append(Key(ring + shape("circle", cx=0, cy=0, r=3, fill=WARN), _("stands out")))
    if any(known(p.limit_low) or known(p.limit_high) for p in points):
        pale = shape("rect", x=-11, y=-6, width=22, height=12, fill=PEER, fill_opacity=0.45)
        keys.append(Key(pale, limits_label or _("within chance")))
    return keys


def _described(points: Sequence[Point]) -> str:
    return "; ".join(f"{p.label}: {p.text or '–'}" for p in points)
