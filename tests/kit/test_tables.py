"""Reading tables: every cell as it stood, or a clear refusal."""

import datetime as dt
import io
import zipfile
from contextlib import suppress
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kit.tables import TableError, delimited, read_table, workbook, write_xlsx


def read(data, filename="orders.csv", **kwargs):
    if isinstance(data, str):
        data = data.encode()
    return read_table(io.BytesIO(data), filename=filename, **kwargs)


def rows(table):
    return table.frame.to_numpy().tolist()


def refusal(data, filename="orders.csv", **kwargs):
    with pytest.raises(TableError) as error:
        read(data, filename, **kwargs)
    return str(error.value)


def book(fill, **options):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, options) as made:
        fill(made)
    return buffer.getvalue()


def repacked(data, change):
    """The zip archive `data` with its dict of parts changed by `change(parts)`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def plain_book():
    return book(lambda made: made.add_worksheet().write_row(0, 0, ["a", "b"]))


# --- text files -----------------------------------------------------------------------------

# No control characters and no lone surrogates; CR and LF are wanted, inside quotes.
CELL = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
        st.sampled_from("\",;\t|\r\n ='@喆玥0"),
    ),
    max_size=12,
)


@st.composite
def tables(draw):
    """A table with at least two columns, distinct headings, and no row that is blank."""
    width = draw(st.integers(2, 5))
    heading = st.text(st.sampled_from("abcdeABC订单号 _"), min_size=1, max_size=6).map(str.strip)
    headings = draw(st.lists(heading.filter(bool), min_size=width, max_size=width, unique=True))
    row = st.lists(CELL, min_size=width, max_size=width)
    body = draw(st.lists(row.filter(lambda r: any(c.strip() for c in r)), min_size=1, max_size=8))
    return headings, body


def unprotected(cell):
    armoured = len(cell) > 2 and cell.startswith('="') and cell.find('"', 2) == len(cell) - 1
    return cell[2:-1] if armoured else cell


def line_of(row, delimiter, end, quote_all):
    """One record as a careful program writes it (Python's writer leaves a lone CR unquoted)."""
    special = {delimiter, '"', "\r", "\n"}
    cells = [
        '"' + cell.replace('"', '""') + '"' if quote_all or special & set(cell) else cell
        for cell in row
    ]
    return delimiter.join(cells) + end


@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quote_all=st.booleans(),
)
@example((["a", "b"], [["x\r\ny", '="007"'], ["", "z"]]), ",", "utf-8", "\n", True)
@settings(max_examples=300, deadline=None)
def test_a_text_file_in_any_dialect_is_read_back_cell_by_cell(
    table, delimiter, encoding, end, quote_all
):
    headings, body = table
    text, lines = f"sep={delimiter}{end}" + line_of(headings, delimiter, end, quote_all), []
    for row in body:
        lines.append(len(io.StringIO(text, newline="").readlines()) + 1)
        text += line_of(row, delimiter, end, quote_all)
    result = read(text.encode(encoding))
    assert list(result.frame.columns) == headings
    assert rows(result) == [[unprotected(cell) for cell in row] for row in body]
    assert result.lines.tolist() == lines
    assert result.delimiter == delimiter


@given(
    names=st.lists(
        st.text("订单拣货员王喆陈玥珺镕林〇", min_size=1, max_size=6), min_size=1, max_size=6
    ),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
@settings(max_examples=100, deadline=None)
def test_encoding_and_delimiter_are_found_out(names, delimiter, encoding):
    body = [[f"{i:018d}", name, "2024-01-05 08:30:00"] for i, name in enumerate(names)]
    head = ["订单号", "拣货员", "完成时间"]
    text = "\n".join(delimiter.join(row) for row in [head, *body])
    result = read(text.encode(encoding))
    assert (result.encoding, result.delimiter) == (encoding, delimiter)
    assert list(result.frame.columns) == head
    assert rows(result) == body


@given(data=st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_bytes_raise_anything_but_a_table_error(data):
    with suppress(TableError):
        read(data)


@given(text=st.text(st.sampled_from('ab",\n\r 1'), max_size=30))
@settings(max_examples=500, deadline=None)
def test_the_fast_way_agrees_with_the_exact_way(text):
    if not text.strip():
        return
    fast = delimited._fast(text, ",")
    if fast is None:
        return
    names, columns, lines = delimited._exact(text, ",")
    assert fast[0] == names
    keep = [i for i in range(len(fast[2])) if any(str(column[i]).strip() for column in fast[1])]
    assert [fast[2][i] for i in keep] == lines.tolist()
    assert [[c[i].as_py() for i in keep] for c in fast[1]] == [c.to_pylist() for c in columns]


def test_cells_stay_text():
    result = read("id,qty,when,empty\n123456789012345678,007,1/2/24,NA\n,1e5,,null\n")
    assert rows(result) == [
        ["123456789012345678", "007", "1/2/24", "NA"],
        ["", "1e5", "", "null"],
    ]
    assert result.frame.dtypes.astype(str).unique().tolist() == ["str"]


def test_lines_are_those_an_editor_shows():
    result = read('a,b\n\n1,"two\nlines"\n,\n   \n2,x\n')
    assert rows(result) == [["1", "two\nlines"], ["2", "x"]]
    assert result.lines.tolist() == [3, 7]


def test_digits_protected_from_a_spreadsheet_lose_their_armour():
    assert rows(read('="no",b\n="00123","=""0456"""\n')) == [["00123", "0456"]]


def test_empty_cells_beyond_the_headings_and_nameless_columns_are_left_out():
    result = read("a,b,\n1,2,\n3,4,,,\n5,6,stray\n")
    assert list(result.frame.columns) == ["a", "b"]
    assert rows(result) == [["1", "2"], ["3", "4"], ["5", "6"]]


def test_one_column_needs_no_delimiter():
    result = read("badge\nP-01\nP-02\n")
    assert rows(result) == [["P-01"], ["P-02"]]


def test_a_quotation_mark_inside_an_unquoted_cell_is_text():
    assert rows(read('a,b\n5" pipe,x\n')) == [['5" pipe', "x"]]


def test_a_path_is_read_and_its_name_used(tmp_path):
    path = tmp_path / "人员.tsv"
    path.write_text("工号\t姓名\n001\t王喆\n", encoding="gb18030")
    assert rows(read_table(path)) == [["001", "王喆"]]
    with pytest.raises(TableError, match=r"人员\.xlsx"):
        read_table(path, filename="人员.xlsx")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("", "is empty"),
        ("  \n\n", "no content"),
        (",,\n,,\n", "no content"),
        ("a,b\n", "no rows"),
        ("a,b\n,\n", "no rows"),
        ("a,b,a\n1,2,3\n", "“a” stands over two columns (1 and 3)"),
        ("a,b\n1,2\n3\n", "Line 3 has 1 cells, but the first line has 2 headings"),
        ("a,b\n1,2,3\n", "Line 2 has 3 cells"),
        ('a,b\n1,2\n"3,4\n5,6\n', "marks of line 3 don't match"),
        ('a,b\n1,2\n"3"x,4\n', "marks of line 3 don't match"),
        ("a,b\n1,\0\n", "Line 2 holds a NUL"),
        ("<html><table><tr><td>1</td></tr></table></html>", "web page"),
        ("%PDF-1.7 ...", "not a table"),
    ],
)
def test_text_that_is_no_table_is_refused(data, says):
    assert says in refusal(data)


def test_damaged_utf8_is_not_taken_for_gb18030():
    text = "订单号,拣货员\n" + "1,王喆订单拣货员完成时间\n" * 20
    damaged = text.encode()[:-3] + b"\n"
    assert "Line 21" in refusal(damaged)


def test_undecodable_text_names_its_line():
    assert "Line 3" in refusal(b"a,b\n1,2\n\xff\xff,3\n")
    assert "Line 2" in refusal(b"\xef\xbb\xbfa,b\n\xff,3\n")
    assert "Line 2" in refusal("上,下\n1".encode("utf-16") + b"\x00")


@pytest.mark.parametrize("name", ["orders.xls", "orders.pdf", "orders.json"])
def test_a_name_of_another_type_is_refused(name):
    assert name in refusal("a,b\n1,2\n", name)


def test_a_text_file_has_no_sheets():
    assert "has no sheet “May”" in refusal("a,b\n1,2\n", sheet="May")


def test_a_file_beyond_the_limit_is_not_read(monkeypatch, tmp_path):
    monkeypatch.setattr("kit.tables.reader.MAX_BYTES", 4)
    assert "larger than" in refusal("a,b\n1,2\n")
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="larger than"):
        read_table(path)


# --- workbooks ------------------------------------------------------------------------------


def test_a_workbook_gives_text_and_the_rows_of_its_sheet():
    def fill(made):
        sheet = made.add_worksheet("订单")
        moment = made.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        clock = made.add_format({"num_format": "hh:mm"})
        elapsed = made.add_format({"num_format": "[h]:mm:ss"})
        sheet.write_row(2, 1, ["text", "number", "time", "flag"])
        sheet.write_row(3, 1, ["00123", 42, None, True])
        sheet.write_row(4, 1, ["123456789012345678", 0.1 + 0.2, None, False])
        sheet.write_datetime(3, 3, dt.datetime.fromisoformat("2024-01-05T08:29:59"), moment)
        sheet.write_datetime(4, 3, dt.date(2024, 1, 5), date)
        sheet.write_datetime(6, 3, dt.time(8, 30), clock)
        sheet.write_datetime(7, 3, dt.timedelta(hours=26, minutes=30), elapsed)
        sheet.write_number(7, 2, 1e-7)
        sheet.write_number(6, 2, -999999999999999)

    result = read(book(fill), "orders.xlsx")
    assert rows(result) == [
        ["00123", "42", "2024-01-05 08:29:59", "TRUE"],
        ["123456789012345678", "0.3", "2024-01-05", "FALSE"],
        ["", "-999999999999999", "08:30:00", ""],
        ["", "0.0000001", "26:30:00", ""],
    ]
    assert result.lines.tolist() == [4, 5, 7, 8]
    assert (result.sheet, result.encoding, result.delimiter) == ("订单", None, None)


def test_the_first_visible_sheet_with_content_is_read_unless_one_is_named():
    def fill(made):
        made.add_worksheet("empty")
        hidden = made.add_worksheet("hidden")
        hidden.write_column(0, 0, ["h", "1"])
        hidden.hide()
        made.add_worksheet("May").write_column(0, 0, ["m", "2"])

    data = book(fill)
    assert rows(read(data, "a.xlsx")) == [["2"]]
    assert rows(read(data, "a.xlsx", sheet="hidden")) == [["1"]]
    assert "Its sheets are: empty, hidden, May" in refusal(data, "a.xlsx", sheet="June")
    assert "no sheet with content" in refusal(data, "a.xlsx", sheet="empty")


def test_a_number_whose_last_digits_are_lost_is_refused_with_its_cell():
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_column(0, 27, ["order", 123456789012345678])

    assert "Cell AB2 holds a number of more than 15 digits (123456789012345" in refusal(
        book(fill), "a.xlsx"
    )


def test_what_is_no_plain_workbook_is_refused(plain_book):
    assert "called a text file" in refusal(plain_book, "a.csv")
    assert "zip archive, not a workbook" in refusal(
        repacked(plain_book, lambda parts: parts.pop("xl/workbook.xml")), "a.xlsx"
    )
    macros = repacked(plain_book, lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    assert "macros" in refusal(macros, "a.xlsx")
    assert "damaged" in refusal(plain_book[: len(plain_book) // 2], "a.xlsx")
    assert "old Excel format" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls")
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refusal(locked, "a.xlsx")
    assert "called a workbook" in refusal("a,b\n1,2\n", "a.xlsx")


def test_a_damaged_sheet_is_refused(plain_book):
    broken = repacked(
        plain_book, lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<worksheet><shee"})
    )
    assert "Open it in a spreadsheet program" in refusal(broken, "a.xlsx")


def test_a_part_whose_packed_bytes_are_damaged_is_refused(plain_book):
    at = plain_book.index(b"xl/worksheets/sheet1.xml") + 30
    broken = plain_book[:at] + b"\xff" * 20 + plain_book[at + 20 :]
    assert "damaged" in refusal(broken, "a.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused(plain_book, encoding):
    bomb = f'<?xml version="1.0"?>{" " * 70000}<!DOCTYPE a [<!ENTITY b "ha">]><sst>&b;</sst>'
    data = repacked(
        plain_book, lambda parts: parts.update({"xl/sharedStrings.xml": bomb.encode(encoding)})
    )
    assert "XML entities" in refusal(data, "a.xlsx")


def test_a_zip_bomb_is_refused_whatever_it_says_of_its_size(plain_book, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 20)
    data = repacked(plain_book, lambda parts: parts.update({"xl/media/x.bin": b"\0" * (3 << 20)}))
    honest = (3 << 20).to_bytes(4, "little")
    assert data.count(honest) == 2
    for bomb in (data, data.replace(honest, (7).to_bytes(4, "little"))):
        assert "unpacks to more than" in refusal(bomb, "a.xlsx")


def test_a_sheet_that_needs_more_memory_than_allowed_is_refused(plain_book):
    def stretch(parts):
        parts["xl/worksheets/sheet1.xml"] = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        )

    assert "stray cell" in refusal(repacked(plain_book, stretch), "a.xlsx")


# --- writing --------------------------------------------------------------------------------


@given(
    body=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
            | st.sampled_from(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "00123", "http://a"]),
            min_size=2,
            max_size=2,
        ).filter(lambda row: any(cell.strip() for cell in row)),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_written_workbook_is_read_back_cell_by_cell(body):
    buffer = io.BytesIO()
    write_xlsx(buffer, {"a": pd.DataFrame(body, columns=["x", "y"])})
    result = read(buffer.getvalue(), "a.xlsx")
    assert rows(result) == body


def test_no_text_becomes_a_formula(tmp_path):
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "plain"]
    path = tmp_path / "out.xlsx"
    write_xlsx(path, {"s": pd.DataFrame({"=a": cells})})
    sheet = openpyxl.load_workbook(path).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 9
    assert [cell.quotePrefix for cell in sheet["A"][1:]] == [True] * 7 + [False]
    assert sheet["A"][1].value == "=1+1"


@pytest.mark.django_db
def test_numbers_dates_and_gaps_keep_their_kind(settings, tmp_path):
    settings.TIME_ZONE = "Asia/Shanghai"
    frame = pd.DataFrame(
        {
            "whole": [1, 2],
            "part": [0.5, float("nan")],
            "long": [123456789012345678, 1],
            "flag": [True, False],
            "day": [dt.date(2024, 1, 5), None],
            "moment": [pd.Timestamp("2024-01-05 00:30", tz="UTC"), pd.NaT],
            "other": [Decimal("1.50"), None],
            "infinite": [float("inf"), 1.0],
        }
    )
    path = tmp_path / "out.xlsx"
    write_xlsx(path, {"a/b": frame, "A-B": frame, "": frame})
    loaded = openpyxl.load_workbook(path)
    assert loaded.sheetnames == ["a-b", "A-B 2", "-"]
    sheet = loaded["a-b"]
    assert [cell.value for cell in sheet[2]] == [
        1,
        0.5,
        "123456789012345678",
        True,
        dt.datetime.fromisoformat("2024-01-05"),
        dt.datetime.fromisoformat("2024-01-05T08:30"),
        "1.50",
        "inf",
    ]
    assert [cell.value for cell in sheet[3]][1:2] + [c.value for c in sheet[3]][4:7] == [None] * 4
    assert sheet.freeze_panes == "A2"


def test_an_empty_table_is_written_with_its_headings(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, {"none": pd.DataFrame(columns=["a", "b"])})
    assert [cell.value for cell in openpyxl.load_workbook(path).active[1]] == ["a", "b"]


def test_a_table_beyond_what_a_sheet_holds_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr("kit.tables.writer.MAX_ROWS", 2)
    with pytest.raises(ValueError, match="a sheet holds 1"):
        write_xlsx(tmp_path / "out.xlsx", {"s": pd.DataFrame({"a": [1, 2]})})
