"""Cutting the vendored Chinese font down to the characters that a document needs."""

import io
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# Spacing, ligatures and language forms of horizontal text; vertical setting is never used.
LAYOUT_FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]


def subset_font(source: Path, characters: Iterable[str]) -> bytes:
    """Return the TrueType file `source` reduced to `characters`, as TTF bytes.

    Characters that the font lacks are left out without an error (`covers` tells). The names and
    the licence text stay in the file, as the Open Font License asks.
    """
    options = subset.Options()
    options.layout_features = LAYOUT_FEATURES
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "STAT"]
    font = subset.load_font(str(source), options)
    try:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes={ord(character) for character in characters})
        subsetter.subset(font)
        buffer = io.BytesIO()
        subset.save_font(font, buffer, options)
    finally:
        font.close()
    return buffer.getvalue()


def covers(source: Path) -> frozenset[str]:
    """The characters that the font file `source` can draw."""
    with TTFont(source, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))
