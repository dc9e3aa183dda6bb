"""Rebuild the vendored Chinese font; needed only when the font or the character table changes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kit.fonts import covers, subset_font

WEIGHTS = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
}
# (first, last) code points, inclusive: what staff documents use beside Chinese characters.
RANGES = [
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1 and Latin Extended: names, pinyin with tones
    (0x02B0, 0x02FF),  # modifier letters
    (0x0300, 0x036F),  # combining accents
    (0x0370, 0x03FF),  # Greek, for statistics
    (0x0400, 0x045F),  # Cyrillic (part of GB 2312)
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2000, 0x206F),  # general punctuation
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currency
    (0x2100, 0x214F),  # letter-like: ℃ № ™
    (0x2150, 0x218F),  # fractions and Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2300, 0x23FF),  # technical
    (0x2460, 0x24FF),  # circled numbers
    (0x2500, 0x259F),  # box drawing and blocks
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2600, 0x26FF),  # symbols: ☆ ☑ ⚠
    (0x2700, 0x27BF),  # ticks and crosses
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3040, 0x30FF),  # kana (part of GB 2312)
    (0x3200, 0x33FF),  # enclosed characters and units
    (0xFE30, 0xFE4F),  # compatibility forms of punctuation
    (0xFF00, 0xFFEF),  # full-width and half-width forms
]


def gb2312() -> set[str]:
    """Every character that the GB 2312 standard encodes."""
    characters: set[str] = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            characters.update(bytes([high, low]).decode("gb2312", errors="ignore"))
    return characters


def big5_common() -> set[str]:
    """The 5,401 common traditional characters (Big5, level 1): names from Hong Kong and Taiwan."""
    lows = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    codes = (bytes([high, low]) for high in range(0xA4, 0xC7) for low in lows)
    return {code.decode("big5") for code in codes if b"\xa4\x40" <= code <= b"\xc6\x7e"}


def general_standard(unihan: Path) -> set[str]:
    """The 8,105 characters of 通用规范汉字表 (2013), from the kTGH property of Unihan."""
    with unihan.open(encoding="utf-8") as lines:
        fields = (line.split("\t") for line in lines if "\tkTGH\t" in line)
        characters = {chr(int(code.removeprefix("U+"), 16)) for code, *_ in fields}
    if len(characters) != 8105:
        raise CommandError(f"{unihan}: 8105 kTGH characters expected, {len(characters)} found.")
    return characters


class Command(BaseCommand):
    help = "Subset Noto Sans SC to 通用规范汉字表, GB 2312, common Big5, Latin and symbols."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", type=Path, help="unpacked @expo-google-fonts/noto-sans-sc")
        parser.add_argument("unihan", type=Path, help="Unihan_OtherMappings.txt")
        parser.add_argument("out", type=Path, help="folder to write the two TTF files to")

    def handle(self, *args: Any, package: Path, unihan: Path, out: Path, **options: Any) -> None:
        wanted = general_standard(unihan) | gb2312() | big5_common()
        for first, last in RANGES:
            wanted.update(map(chr, range(first, last + 1)))
        for name, source in WEIGHTS.items():
            have = wanted & covers(package / source)
            data = subset_font(package / source, have)
            (out / name).write_bytes(data)
            self.stdout.write(f"{name}: {len(have)} characters, {len(data) / 1e6:.1f} MB")
