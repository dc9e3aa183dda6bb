"""Text that people take for the same is equal, and Chinese can be found by its parts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.text import fold, grams


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＰＫ－０３", "pk-03"),
        ("ﾊﾞｰｺｰﾄﾞ", "バーコード"),
        ("STRASSE", "straße"),
        ("Café", "Cafe\u0301"),
        ("拣货　 员\n", "拣货 员"),
        ("打\u200b包\ufeff", "打包"),
        ("Ⅷ ①", "viii 1"),
    ],
)
def test_what_looks_the_same_is_the_same(one, other):
    assert fold(one) == fold(other)


def test_what_differs_stays_different():
    assert fold("王喆") != fold("王哲")
    assert fold("P-01") != fold("P01")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_chinese_run_gives_characters_and_pairs():
    assert grams("订单处理") == ["订", "订单", "单", "单处", "处", "处理", "理"]
    assert grams("喆") == ["喆"]


def test_words_and_codes_stay_whole():
    assert grams("PK-03 拣货 Check_it, 2nd") == [
        "pk",
        "03",
        "拣",
        "拣货",
        "货",
        "check",
        "it",
        "2nd",
    ]
    assert grams("扫描SKU码") == ["扫", "扫描", "描", "sku", "码"]
    assert grams(" -- ") == []


@given(st.text(st.sampled_from("订单处理拣货AB 1"), max_size=12), st.data())
def test_every_part_of_a_chinese_run_is_found_in_the_whole(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    chinese = "".join(c for c in part if unicodedata.category(c) == "Lo")
    assert set(grams(chinese[:1])) <= set(grams(text))
    if part == chinese:
        assert set(grams(part)) <= set(grams(text))
