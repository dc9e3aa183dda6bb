"""Where one stands among all: a dot for everybody, or bars where there are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
    Canvas,
    Scale,
    anchor_at,
    empty,
    known,
    scale_of,
    width_of,
)

START, END = 2.5, 97.5
BINS = 38  # dots of 8 pixels side by side on the smallest phone
DOT = 8
TALLEST = 12  # dots above each other; beyond it bars are drawn
BARS = 90


@dataclass(frozen=True)
class Mark:
    """A value that is picked out, with the words beside it."""

    value: float
    label: str


def strip(
    values: Sequence[float],
    *,
    title: str,
    desc: str = "",
    unit: str = "",
    limits: tuple[float, float] | None = None,
    marks: Sequence[Mark] = (),
    reference: float | None = None,
    reference_label: str = "",
) -> SafeString:
    """Draw the distribution of `values` as stacked dots, or as bars where the stacks get tall.

    `marks` are picked out in the accent colour and labelled. `limits`, `unit` and `reference` as
    in `interval_dots`.
    """
    numbers = [float(value) for value in values if known(value)]
    if not numbers:
        return empty(title=title, desc=desc, text=_("Nothing to show yet"))
    named = [mark for mark in marks if known(mark.value)]
    scale = scale_of(
        [*numbers, *(mark.value for mark in named), reference],
        start=START,
        end=END,
        limits=limits,
    )
    counts = Counter(_bin(scale, value) for value in numbers)
    tallest = max(counts.values())
    canvas = Canvas()
    top = _labels(canvas, scale, named, reference, reference_label)
    body = BARS if tallest > TALLEST else tallest * DOT + 6
    floor = top + max(body, 30)
    canvas.line(START, floor, END, floor, stroke=GRID)
    if tallest > TALLEST:
        _bars(canvas, counts, floor)
    else:
        _dots(canvas, counts, floor)
    if known(reference):
        x = scale(reference)
        canvas.line(x, top, x, floor, stroke=REFERENCE, stroke_width=1.5, stroke_dasharray="3 3")
    for mark in named:
        x = scale(mark.value)
        canvas.line(x, top, x, floor, stroke=MAIN, stroke_width=2)
        canvas.circle(x, floor, 7, fill=MAIN, stroke=SHEET, stroke_width=2)
    for tick in scale.ticks:
        x = scale(tick)
        canvas.line(x, floor, x, floor + 4, stroke=GRID)
        canvas.text(x, floor + 20, scale.label(tick, unit), anchor=anchor_at(x))
    return canvas.finish(height=floor + 28, title=title, desc=desc)


def _bin(scale: Scale, value: float) -> int:
    share = (scale(value) - scale.start) / (scale.end - scale.start)
    return min(int(share * BINS), BINS - 1)


def _labels(
    canvas: Canvas, scale: Scale, marks: Sequence[Mark], reference: float | None, label: str
) -> float:
    """Each label gets a line of its own, so that none covers another."""
    y = 0.0
    if known(reference) and label:
        y += 18
        x = scale(reference)
        canvas.text(x, y - 4, label, anchor=anchor_at(x), fill=REFERENCE)
    for mark in marks:
        y += 18
        x = scale(mark.value)
        anchor = "middle"
        if width_of(mark.label, LABEL) > 60:
            anchor = "start" if x < 50 else "end"
        canvas.text(
            x,
            y - 4,
            mark.label,
            anchor=anchor_at(x) if anchor == "middle" else anchor,
            size=LABEL,
            fill=INK,
            font_weight=600,
        )
    return y + 4


def _dots(canvas: Canvas, counts: Counter[int], floor: float) -> None:
    width = (END - START) / BINS
    for place, count in sorted(counts.items()):
        for level in range(count):
            canvas.circle(
                START + (place + 0.5) * width,
                floor - DOT / 2 - 1 - level * DOT,
                DOT / 2 - 0.5,
                fill=PEER,
                stroke=REFERENCE,
                stroke_width=0.75,
            )


def _bars(canvas: Canvas, counts: Counter[int], floor: float) -> None:
    width = (END - START) / BINS
    tallest = max(counts.values())
    for place, count in sorted(counts.items()):
        height = count / tallest * BARS
        canvas.rect(
            START + place * width,
            floor - height,
            width,
            height,
            fill=PEER,
            stroke=REFERENCE,
            stroke_width=0.5,
        )
