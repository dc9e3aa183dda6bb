"""Charts as SVG text: the same picture in the page, in the PDF and on paper.

They take the width they are given and never scale their letters: positions along x are per cent,
along y pixels. Colours are custom properties with a printable fall-back. What they show by colour
they also show by shape or position. Each has a `<title>` and a `<desc>`; put its table beside it.
"""

from .intervals import Row, interval_dots
from .strips import Mark, strip
from .trends import Point, trend

__all__ = ["Mark", "Point", "Row", "interval_dots", "strip", "trend"]
