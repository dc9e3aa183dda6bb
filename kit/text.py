"""Text made comparable: folded for matching, cut into grams for searching Chinese."""

from __future__ import annotations

import re
import unicodedata

# The Chinese characters (with 〇), which are written without spaces between words.
CHINESE = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORDS = re.compile(rf"(?P<run>[{CHINESE}]+)|[^\W_{CHINESE}]+")


def fold(text: str) -> str:
    """`text` so that what people take for the same is equal.

    Full and half width, case, ligatures and ways of composing an accent are made alike (NFKC and
    case folding); invisible characters are dropped; runs of space become one, none at the ends.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Folding can undo the composition (İ) and leaves format characters (zero-width space) alone.
    folded = unicodedata.normalize("NFKC", folded)
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())


def grams(text: str) -> list[str]:
    """The words of `text` to index or to look up, folded and in order.

    A Chinese run gives its single characters and its pairs: 订单处理 -> 订 订单 单 单处 处 处理 理.
    Anything else gives its words as they are. Text and query cut the same way find each other in
    any full-text index that splits at spaces.
    """
    found = []
    for match in _WORDS.finditer(fold(text)):
        word = match[0]
        if match["run"] is None:
            found.append(word)
        else:
            for at, character in enumerate(word):
                found.append(character)
                found.extend([word[at : at + 2]] if at + 1 < len(word) else [])
    return found
