"""Dots with intervals on a common scale, the peers as a pale strip behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .canvas import (
    GRID,
    INK,
    LABEL,
    MAIN,
    NARROWEST,
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

START, END = 2.5, 97.5
HEAD, TRACK, ROW = 22, 24, 62


@dataclass(frozen=True)
class Row:
    """One row: a value with its interval among its peers.

    `value` None (with or without peers) is a row without enough data. `text` stands at the right
    end of the row's heading, such as "104 % (98 to 110)"; where it is empty and there is no value,
    the row says that the data are not enough. `flagged` adds a ring.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    peers: Sequence[float] = field(default=())
    text: str = ""
    flagged: bool = False


def interval_dots(
    rows: Sequence[Row],
    *,
    title: str,
    desc: str = "",
    unit: str = "",
    limits: tuple[float, float] | None = None,
    reference: float | None = None,
    reference_label: str = "",
    interval_label: str = "",
    peers_label: str = "",
) -> SafeString:
    """Draw `rows` from top to bottom on one scale.

    `limits` fixes the ends of the scale; an interval that goes beyond ends in an arrow. `unit`
    follows the numbers of the axis. `reference` draws a dashed line, labelled. `interval_label`
    and `peers_label` name the marks in the legend.
    """
    if not rows:
        return empty(title=title, desc=desc, text=_("Nothing to show yet"))
    values = [v for row in rows for v in (row.value, row.low, row.high, *row.peers)]
    scale = scale_of([*values, reference], start=START, end=END, limits=limits)
    canvas = Canvas()
    y = 0.0
    if known(reference):
        y = _reference_label(canvas, scale(reference), reference_label)
    for row in rows:
        y = _row(canvas, scale, row, y, reference)
    for tick in scale.ticks:
        x = scale(tick)
        canvas.text(x, y + 12, scale.label(tick, unit), anchor=anchor_at(x))
    y += 20
    y += legend(canvas, y, _keys(rows, interval_label, peers_label))
    return canvas.finish(height=y, title=title, desc=desc or _described(rows))


def _reference_label(canvas: Canvas, x: float, label: str) -> float:
    canvas.text(x, 13, label, anchor=anchor_at(x), fill=REFERENCE)
    return 20


def _row(canvas: Canvas, scale: Scale, row: Row, y: float, reference: float | None) -> float:
    said = row.text or ("" if known(row.value) else _("not enough data"))
    canvas.text(0, y + 16, row.label, size=LABEL, fill=INK, font_weight=600)
    if width_of(row.label, LABEL) + width_of(said, LABEL) + 12 > NARROWEST:
        canvas.text(0, y + 34, said, size=LABEL)
        y += 18
    else:
        canvas.text(100, y + 16, said, anchor="end", size=LABEL)
    middle = y + HEAD + TRACK / 2 + 2
    canvas.line(START, middle, END, middle, stroke=GRID, stroke_width=1)
    for tick in scale.ticks:
        canvas.line(scale(tick), middle - 4, scale(tick), middle + 4, stroke=GRID)
    _peers(canvas, scale, [peer for peer in row.peers if known(peer)], middle)
    if known(reference):
        x = scale(reference)
        canvas.line(
            x,
            middle - 15,
            x,
            middle + 15,
            stroke=REFERENCE,
            stroke_width=1.5,
            stroke_dasharray="3 3",
        )
    _interval(canvas, scale, row, middle)
    return y + ROW


def _peers(canvas: Canvas, scale: Scale, peers: Sequence[float], middle: float) -> None:
    if not peers:
        return
    first, last = scale(min(peers)), scale(max(peers))
    canvas.rect(first, middle - 9, max(last - first, 0.1), 18, rx=3, fill=PEER, fill_opacity=0.4)
    for peer in peers:
        x = scale(peer)
        canvas.line(x, middle - 9, x, middle + 9, stroke=PEER, stroke_width=2)


def _interval(canvas: Canvas, scale: Scale, row: Row, middle: float) -> None:
    if not known(row.value):
        return
    colour = WARN if row.flagged else MAIN
    if known(row.low) and known(row.high):
        low, high = scale(row.low), scale(row.high)
        line = {"stroke_width": 4, "stroke_linecap": "round"}
        canvas.line(low, middle, high, middle, stroke=SHEET, **line | {"stroke_width": 8})
        canvas.line(low, middle, high, middle, stroke=colour, **line)
        for value, x in ((row.low, low), (row.high, high)):
            if side := scale.beyond(value):
                tip = f"M{-3 * side},-5 L{4 * side},0 L{-3 * side},5"
                canvas.at(
                    x,
                    middle,
                    shape("path", d=tip, fill="none", stroke=colour, stroke_width=2.5),
                )
    x = scale(row.value)
    if row.flagged:
        canvas.circle(x, middle, 10.5, fill=SHEET, stroke=colour, stroke_width=2)
    canvas.circle(x, middle, 7, fill=colour, stroke=SHEET, stroke_width=2)


def _keys(rows: Sequence[Row], interval_label: str, peers_label: str) -> list[Key]:
    keys = []
    if any(known(row.value) for row in rows):
        ends = any(known(row.low) for row in rows)
        bar = shape("line", x1=-11, x2=11, y1=0, y2=0, stroke=MAIN, stroke_width=3)
        dot = shape("circle", cx=0, cy=0, r=4.5, fill=MAIN)
        word = interval_label or (_("value with its interval") if ends else _("value"))
        keys.append(Key(bar + dot if ends else dot, word))
    if any(row.flagged for row in rows):
        ring = shape("circle", cx=0, cy=0, r=6, fill="none", stroke=WARN, stroke_width=2)
        keys.append(Key(ring + shape("circle", cx=0, cy=0, r=3, fill=WARN), _("stands out")))
    if any(known(peer) for row in rows for peer in row.peers):
        pale = shape("rect", x=-11, y=-6, width=22, height=12, rx=3, fill=PEER, fill_opacity=0.4)
        ticks = "".join(
            shape("line", x1=x, x2=x, y1=-6, y2=6, stroke=PEER, stroke_width=2) for x in (-6, -2, 5)
        )
        keys.append(Key(pale + ticks, peers_label or _("colleagues")))
    return keys


def _described(rows: Sequence[Row]) -> str:
    return "; ".join(
        f"{row.label}: {row.text or ('' if known(row.value) else _('not enough data'))}".strip(": ")
        for row in rows
    )
