"""From cells to checked rows: dates, yes and no, languages, numbers; one problem for each fault."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from kit.tables import Table
from people.forms import EARLIEST, LATEST
from people.importing.columns import Columns, recognise
from people.importing.report import Problem
from people.numbers import fold_number, validate_number

YES = {"yes", "y", "true", "1", "x", "✓", "√", "是", "对", "组长", "lead", "班组长"}
NO = {"no", "n", "false", "0", "-", "否", "不是", "组员", "member"}
LANGUAGES = {
    "en": "en", "english": "en", "英文": "en", "英语": "en",
    "zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "chinese": "zh-hans",
    "中文": "zh-hans", "简体中文": "zh-hans", "汉语": "zh-hans",
}  # fmt: skip
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]00:00(?::00)?)?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass
class PersonRow:
    """One checked row; None or empty where the file says nothing, which changes nothing."""

    line: int
    employee_number: str
    name: str = ""
    email: str | None = None
    language: str | None = None
    team: str = ""
    lead: bool | None = None
    roles: list[str] = field(default_factory=list)
    hired_on: dt.date | None = None
    last_day: dt.date | None = None
    joined_on: dt.date | None = None
    accounts_from: dt.date | None = None
    accounts: dict[str, str] = field(default_factory=dict)


class Fault(Exception):
    """A cell that can't be taken: the reason and the mend."""


def a_date(text: str) -> dt.date:
    match = DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    if match is None:
        raise Fault(_("This is not a date that can be read without a doubt."),
                    _("Write it as 2024-03-31."))  # fmt: skip
    try:
        day = dt.date(*map(int, match.groups()))
    except ValueError:
        raise Fault(_("There is no such day."), _("Correct the date.")) from None
    if not EARLIEST <= day <= LATEST:
        raise Fault(_("This day is too far from today."), _("Correct the year."))
    return day


def a_flag(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise Fault(_("This is neither yes nor no."), _("Write yes or no, or leave the cell empty."))


def a_language(text: str) -> str:
    try:
        return LANGUAGES[text.casefold().replace("_", "-")]
    except KeyError:
        raise Fault(_("This language is not offered."), _("Write English or 中文.")) from None


def an_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise Fault(
            _("This is not an e-mail address."), _("Correct it, or leave the cell empty.")
        ) from None
    return text.lower()


def a_number(text: str) -> str:
    number = fold_number(text)
    try:
        validate_number(number)
    except ValidationError as error:
        raise Fault(str(error.message), _("Correct the number.")) from None
    return at_most(40)(number)


def at_most(length: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > length:
            raise Fault(
                _("This is longer than %(length)d characters.") % {"length": length},
                _("Shorten it."),
            )
        return text

    return check


def a_list(text: str) -> list[str]:
    return [part for part in (part.strip() for part in re.split(r"[;,、；，/]", text)) if part]


READERS: dict[str, Callable[[str], Any]] = {
    "employee_number": a_number,
    "name": at_most(120),
    "email": an_email,
    "language": a_language,
    "team": at_most(120),
    "lead": a_flag,
    "roles": a_list,
    "hired_on": a_date,
    "last_day": a_date,
    "joined_on": a_date,
    "accounts_from": a_date,
}


def read_rows(table: Table) -> tuple[list[PersonRow], list[Problem], Columns]:
    """Rows that can be taken as they stand, the problems of the others, the columns."""
    columns = recognise(list(table.frame.columns))
    problems = [
        Problem(1, second, "", _("Two columns say the same: “%(first)s” and “%(second)s”.")
                % {"first": first, "second": second}, _("Take one of them out."))
        for _name, first, second in columns.twice
    ]  # fmt: skip
    if "employee_number" not in columns.fields:
        problems.append(
            Problem(1, "", "", _("No column with the employee number was found."),
                    _("Name it “employee number” or “工号”."))
        )  # fmt: skip
    if problems:
        return [], problems, columns
    rows = []
    for record, line in zip(table.frame.to_dict("records"), table.lines, strict=True):
        if row := _read_row(record, int(line), columns, problems):
            rows.append(row)
    repeated = _repeated(rows, columns)
    again = {problem.line for problem in repeated}
    return [row for row in rows if row.line not in again], problems + repeated, columns


def _read_row(
    record: dict[str, str], line: int, columns: Columns, problems: list[Problem]
) -> PersonRow | None:
    values: dict[str, Any] = {}
    faults = []
    for name, heading in columns.fields.items():
        text = record[heading].strip()
        if name != "name":  # a name stays as it was written
            text = unicodedata.normalize("NFKC", text)
        if not text:
            continue
        try:
            values[name] = READERS[name](text)
        except Fault as fault:
            faults.append(Problem(line, heading, record[heading], *fault.args))
    if not any(text.strip() for text in record.values()):
        return None
    if "employee_number" not in values and not faults:
        heading = columns.fields["employee_number"]
        faults.append(
            Problem(line, heading, "", _("The employee number is missing."), _("Fill it in."))
        )
    accounts = {}
    for system, heading in columns.accounts.items():
        text = record[heading].strip()
        if len(text) > 80:
            faults.append(
                Problem(line, heading, text, _("This is longer than %(length)d characters.")
                        % {"length": 80}, _("Shorten it."))
            )  # fmt: skip
        elif text:
            accounts[system] = text
    hired_on, last_day = values.get("hired_on"), values.get("last_day")
    if hired_on and last_day and last_day < hired_on:
        heading = columns.fields["last_day"]
        faults.append(
            Problem(line, heading, record[heading], _("The last day is before the first day."),
                    _("Correct one of the two dates."))
        )  # fmt: skip
    problems += faults
    return None if faults else PersonRow(line=line, accounts=accounts, **values)


def _repeated(rows: list[PersonRow], columns: Columns) -> list[Problem]:
    """Numbers, addresses and accounts that stand in two rows."""
    problems = []
    seen: dict[tuple[str, str], PersonRow] = {}
    for row in rows:
        keys = [("employee_number", row.employee_number)]
        if row.email:
            keys.append(("email", row.email))
        keys += [(f"account {system}", account) for system, account in row.accounts.items()]
        for kind, value in keys:
            first = seen.setdefault((kind, value.casefold()), row)
            if first is row:
                continue
            heading = columns.fields.get(kind) or columns.accounts[kind.removeprefix("account ")]
            problems.append(
                Problem(row.line, heading, value,
                        _("It stands in line %(line)d already.") % {"line": first.line},
                        _("Keep one of the two rows, or correct one of them."))
            )  # fmt: skip
    return problems
