"""What every chart is drawn with: a canvas, a scale, colours, numbers as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INK = "var(--chart-ink, #1b2322)"
MUTED = "var(--chart-muted, #5f6966)"
GRID = "var(--chart-grid, #dad6ca)"
PEER = "var(--chart-peer, #d8d3c5)"
REFERENCE = "var(--chart-ref, #5f6966)"
MAIN = "var(--chart-1, #0d5c63)"
WARN = "var(--chart-warn, #c75300)"
SHEET = "var(--sheet, #ffffff)"
FONT = "var(--sans, Handrail Sans)"

LABEL, SMALL = 13, 12  # font sizes
LARGEST = 1e12
NARROWEST = 300  # pixels that a chart has on the smallest phone


class Canvas:
    """Collects elements from top to bottom. `x` is in per cent of the width, `y` in pixels."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def add(self, tag: str, **attributes: object) -> None:
        self.parts.append(f"<{tag}{_attributes(attributes)}/>")

    def line(self, x1: float, y1: float, x2: float, y2: float, **attributes: object) -> None:
        self.add("line", x1=_percent(x1), y1=y1, x2=_percent(x2), y2=y2, **attributes)

    def circle(self, x: float, y: float, r: float, **attributes: object) -> None:
        self.add("circle", cx=_percent(x), cy=y, r=r, **attributes)

    def rect(self, x: float, y: float, width: float, height: float, **attributes: object) -> None:
        self.add("rect", x=_percent(x), y=y, width=_percent(width), height=height, **attributes)

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        anchor: str = "start",
        size: int = SMALL,
        fill: str = MUTED,
        **attributes: object,
    ) -> None:
        attributes = {"x": _percent(x), "y": y, "text_anchor": anchor} | attributes
        attributes |= {"font_size": size, "fill": fill}
        self.parts.append(f"<text{_attributes(attributes)}>{escape(content)}</text>")

    def at(self, x: float, y: float, inner: str) -> None:
        """Put `inner`, drawn in pixels around 0,0, at a point."""
        where = _attributes({"x": _percent(x), "y": y, "overflow": "visible"})
        self.parts.append(f"<svg{where}>{inner}</svg>")

    def finish(self, *, height: float, title: str, desc: str) -> SafeString:
        head = _attributes(
            {
                "class": "chart",
                "role": "img",
                "width": "100%",
                "height": height,
                "font_family": FONT,
                "xmlns": "http://www.w3.org/2000/svg",
            }
        )
        words = f"<title>{escape(title)}</title>"
        if desc:
            words += f"<desc>{escape(desc)}</desc>"
        # Every text and attribute has been escaped above.
        return mark_safe(f"<svg{head}>{words}{''.join(self.parts)}</svg>")  # nosec B308 B703


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for name, value in attributes.items()
    )


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _percent(value: float) -> str:
    return _number(float(value)) + "%"


def known(value: float | None) -> TypeGuard[float]:
    """Whether `value` is a number that can be drawn."""
    return value is not None and math.isfinite(value) and abs(value) <= LARGEST


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` onto `start` to `end`; what lies beyond stops there."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def beyond(self, value: float) -> int:
        """-1, 0 or 1: `value` lies below, on or above the scale."""
        return (value > self.high) - (value < self.low)

    def label(self, tick: float, unit: str = "") -> str:
        step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else 1.0
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{tick:,.{decimals}f}".replace("-", "\u2212") + unit


def scale_of(
    values: Iterable[float | None],
    *,
    start: float,
    end: float,
    limits: tuple[float, float] | None = None,
    steps: int = 4,
) -> Scale:
    """A scale with round ends around the known `values`, or with the given `limits`."""
    numbers = [float(value) for value in values if known(value)]
    low, high = limits or (min(numbers, default=0.0), max(numbers, default=1.0))
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-6):
        low, high = low - abs(low or 1) * 0.1, high + abs(high or 1) * 0.1
    rough = (high - low) / steps
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * f for f in (1, 2, 2.5, 5, 10) if unit * f >= rough * 0.999)
    first = math.ceil(low / step - 1e-9) if limits else math.floor(low / step + 1e-9)
    last = math.floor(high / step + 1e-9) if limits else math.ceil(high / step - 1e-9)
    ticks = tuple(n * step for n in range(first, last + 1))
    if limits:
        return Scale(low, high, start, end, ticks)
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def width_of(text: str, size: int = SMALL) -> float:
    """About how many pixels `text` takes."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.56 for character in text) * size


def anchor_at(x: float) -> str:
    """How a label centred on `x` per cent stays inside the picture."""
    return "start" if x < 12 else "end" if x > 88 else "middle"


def empty(*, title: str, desc: str, text: str) -> SafeString:
    """The picture of nothing: says so instead of showing an empty frame."""
    canvas = Canvas()
    canvas.rect(0, 0.5, 100, 63, rx=3, fill="none", stroke=GRID, stroke_dasharray="4 4")
    canvas.text(50, 37, text, anchor="middle", size=LABEL)
    return canvas.finish(height=64, title=title, desc=desc or text)


@dataclass(frozen=True)
class Key:
    """One entry of a legend: a sample drawn in 22 x 12 pixels around 0,0, and its word."""

    sample: str
    word: str


def legend(canvas: Canvas, y: float, keys: Iterable[Key]) -> float:
    """Draw the keys from left to right, wrapped for the smallest phone; return the height used."""
    x, line = 0.0, 0
    for key in keys:
        need = 28 + width_of(key.word) + 14
        if x and x + need > NARROWEST:
            x, line = 0.0, line + 1
        middle = y + 12 + line * 18
        word = _attributes({"x": x + 28, "y": 4, "font_size": SMALL, "fill": MUTED})
        sample = f'<g transform="translate({_number(x + 11)},0)">{key.sample}</g>'
        canvas.at(0, middle, f"{sample}<text{word}>{escape(key.word)}</text>")
        x += need
    return (line + 1) * 18 + 6


def shape(tag: str, **attributes: object) -> str:
    """An element in pixels, for legends and for `Canvas.at`."""
    return f"<{tag}{_attributes(attributes)}/>"
