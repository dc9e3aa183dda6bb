"""The mapping file: every documented word works, everything else is refused by its place."""

import re
from pathlib import Path

import pytest

from scoring.importing.mapping import Condition, MappingError, Value, parse, parse_bytes
from tests.scoring.operations import MAPPING

DOCS = Path(__file__).resolve().parents[2] / "docs"
DOCUMENTED = re.findall(
    r"```toml\n(.*?)```", (DOCS / "operations-data.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_documentation_has_examples() -> None:
    assert len(DOCUMENTED) == 2


@pytest.mark.parametrize("text", DOCUMENTED)
def test_every_documented_example_is_a_mapping(text: str) -> None:
    assert parse(text).columns


@pytest.mark.parametrize("path", sorted((DOCS / "examples").glob("*.toml")), ids=lambda p: p.name)
def test_every_example_file_is_a_mapping(path: Path) -> None:
    assert parse_bytes(path.read_bytes()).columns


def test_a_mapping_is_read_as_written() -> None:
    mapping = parse(MAPPING)
    assert mapping.zone == "Asia/Shanghai"
    assert mapping.formats == ("%Y-%m-%d %H:%M",)
    assert mapping.skip == (Condition("状态", "in", ("已取消",)),)
    assert mapping.work.fields["units"] == Value(column="件数")
    assert mapping.work.fields["activity"] == Value(constant="production")
    assert mapping.work.fields["difficulty"] == Value("类型", None, {"大件": "bulky"}, "normal")
    assert mapping.errors.where == (Condition("不良", "above", 0),)
    assert mapping.attribution.rules == ("own_step", "last_maker_before_check")
    assert mapping.attribution.ties == "queue"
    assert mapping.columns == [
        "状态", "订单号", "工号", "作业", "开始", "结束", "件数", "类型", "不良"
    ]  # fmt: skip


def test_the_same_text_is_the_same_mapping_and_another_is_not() -> None:
    assert parse(MAPPING).sha256 == parse(MAPPING).sha256
    assert parse(MAPPING).sha256 != parse(MAPPING + "\n").sha256


def changed(old: str, new: str) -> str:
    assert old in MAPPING
    return MAPPING.replace(old, new)


MISTAKES = [
    ("version = 1", "version = 2", "version: must be 1."),
    ("version = 1", "version = true", "version: must be 1."),
    ("version = 1", "version = 1\nnotes = 1", "notes: unknown."),
    ('zone = "Asia/Shanghai"', 'zone = "Peking"', "time.zone: must be the IANA name"),
    ('formats = ["%Y-%m-%d %H:%M"]', "formats = []", "time.formats: must be a list of texts."),
    ("%Y-%m-%d %H:%M", "%H:%M", "time.formats[1]: has no year"),
    ("%Y-%m-%d %H:%M", "%Y-%Q", "time.formats[1]: unknown part %Q"),
    ("%Y-%m-%d %H:%M", "%Y-%", "time.formats[1]: unknown part %."),
    ('system = "wms"', 'system = "仓库"', "person.system: must be 1 to 40 Latin letters"),
    ('in = ["已取消"]', 'is = "x", not = "y"', "rows.skip[1]: needs exactly one test"),
    ('in = ["已取消"]', "in = []", "rows.skip[1].in: must be a list of texts."),
    ('in = ["已取消"]', "is = 3", "rows.skip[1].is: must be text"),
    ('in = ["已取消"]', "blank = 1", "rows.skip[1].blank: must be true or false."),
    ('units = "件数"', "", "work.units: is required."),
    ('units = "件数"', "units = 12", 'work.units: must be "Column"'),
    ('units = "件数"', "units = { constant = -1 }", "work.units: must be a whole number"),
    ('units = "件数"', "units = { constant = true }", "work.units: must be a whole number"),
    ('person = "工号"', 'person = { constant = "W01" }', "work.person: must come from a column."),
    ('person = "工号"', 'persons = "工号"', "work.persons: unknown."),
    ('started_at = "开始"', 'started_at = " "', "work.started_at: must be text that is not empty."),
    ('units = "件数"', 'units = "件数"\nactivity = { constant = "rest" }', "rest is none of"),
    ("above = 0", 'above = "0"', "errors.where[1].above: must be a number."),
    ('["own_step",', '["guess",', "attribution.rules[1]: guess is none of"),
    ('["own_step",', '["named",', "errors.person: is required by the attribution rule named."),
    ("inspection_processes =", 'ties = "coin"\ninspection_processes =', "attribution.ties: must"),
    ("[errors]", "[error]", "error: unknown."),
]


@pytest.mark.parametrize(("old", "new", "problem"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_a_mistake_is_named_by_its_place(old: str, new: str, problem: str) -> None:
    with pytest.raises(MappingError) as caught:
        parse(changed(old, new))
    assert problem in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(MappingError) as caught:
        parse('version = 3\n[time]\nzone = "x"\nformats = ["%Y"]\n')
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "version", "time.zone", "work, errors"
    ]  # fmt: skip


def test_chinese_words_without_quotation_marks_are_explained() -> None:
    with pytest.raises(MappingError, match="quotation marks"):
        parse(MAPPING.replace('"拣" =', "拣 ="))


def test_a_mapping_in_another_encoding_is_refused() -> None:
    with pytest.raises(MappingError, match="not UTF-8"):
        parse_bytes(MAPPING.encode("gb18030"))


def test_a_mapping_with_a_byte_order_mark_is_read() -> None:
    assert parse_bytes(MAPPING.encode("utf-8-sig")) == parse(MAPPING)
