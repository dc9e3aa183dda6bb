"""People from a file: every row checked, all or none, the same file again no change."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from kit.tables import read_table
from people import services
from people.importing import Report, import_people
from people.importing.columns import recognise
from people.importing.rows import a_date
from people.models import AuditRecord, Team, User
from people.queries import roles_of, team_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
EXAMPLE = Path(settings.BASE_DIR) / "docs" / "examples" / "people.csv"


def take(text: str, **options: object) -> Report:
    table = read_table(io.BytesIO(text.encode()), filename="people.csv")
    return import_people(table, **{"by": None} | options)


def reasons(report: Report) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in report.problems]


def person(number: str) -> User:
    return User.objects.get(employee_number=number)


def test_the_example_adds_people_with_all_that_it_says(db: None) -> None:
    report = import_people(read_table(EXAMPLE), by=None, create=True)
    assert (report.rows, report.added, report.problems) == (5, 5, [])
    wang, chen, noor = person("P1001"), person("P1003"), person("C2001")
    assert (wang.name, wang.email, wang.language) == ("王喆", "wangzhe@example.com", "zh-hans")
    assert wang.hired_on == dt.date(2023, 3, 1)
    assert team_of(wang, dt.date(2023, 3, 1)).name_zh == "拣货组"
    assert wang.has_perm("people.lead_team", Team.objects.get(name_zh="拣货组"))
    assert [role.name_zh for role in roles_of(person("P1002"), dt.date(2025, 1, 1))] == [
        "拣货员", "复核员",
    ]  # fmt: skip
    assert chen.left_on == dt.date(2026, 4, 1)
    assert [(a.system, a.account) for a in noor.source_accounts.all()] == [("oms", "noor.h")]
    assert noor.language == "en"
    assert not wang.has_usable_password()


def test_the_same_file_again_changes_nothing(db: None, time_machine) -> None:
    import_people(read_table(EXAMPLE), by=None, create=True)
    lines = AuditRecord.objects.count()
    time_machine.move_to(timezone.now() + dt.timedelta(days=400))
    report = import_people(read_table(EXAMPLE), by=None, create=True)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 5)
    assert AuditRecord.objects.count() == lines


def test_a_dry_run_tells_exactly_what_would_happen_and_keeps_nothing(db: None) -> None:
    tried = import_people(read_table(EXAMPLE), by=None, create=True, dry_run=True)
    assert not User.objects.exists()
    assert not Team.objects.exists()
    assert not AuditRecord.objects.exists()
    done = import_people(read_table(EXAMPLE), by=None, create=True)
    assert tried.changes == done.changes
    assert done.taken
    assert not tried.taken


def test_one_wrong_row_and_nothing_is_taken(cast: Cast) -> None:
    before = User.objects.count()
    report = take("工号,姓名,班组\nX1,Xenia,Picking\nX2,,Picking\n")
    assert reasons(report) == [(3, "This is a new person, and the name is missing.")]
    assert report.problems[0].column == "姓名"
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("cell", "column", "reason"),
    [
        ("2024-02-30", "hired on", "no such day"),
        ("03/04/2024", "hired on", "without a doubt"),
        ("1024-01-01", "hired on", "too far"),
        ("maybe", "lead", "neither yes nor no"),
        ("Klingon", "language", "not offered"),
        ("nobody@", "e-mail", "not an e-mail"),
        ("Nightshift", "team", "There is no “Nightshift”"),
        ("Juggler", "role", "There is no “Juggler”"),
        ("x" * 81, "wms badge", "longer than 80"),
        ("p3@example.com", "e-mail", "already in use"),
    ],
)
def test_a_wrong_cell_is_named_with_line_column_value_reason_and_mend(
    cast: Cast, cell: str, column: str, reason: str
) -> None:
    report = take(f"employee number,name,{column}\nX1,Xenia,{cell}\n")
    [problem] = report.problems
    assert (problem.line, problem.column) == (2, column)
    assert problem.value.casefold() == cell.casefold()
    assert reason in problem.reason
    assert problem.mend


@pytest.mark.parametrize("number", ["a b", "a@b.c", "x" * 41])
def test_a_number_that_could_not_sign_in_is_refused(cast: Cast, number: str) -> None:
    [problem] = take(f"工号,姓名\n{number},Xenia\n").problems
    assert problem.column == "工号"


def test_rows_that_contradict_each_other_are_named(cast: Cast) -> None:
    report = take(
        "工号,姓名,邮箱,WMS 账号\nX1,A,a@example.com,W1\nx１,B,,\nX2,C,A@example.com,W2\nX3,D,,w1\n"
    )
    assert reasons(report) == [
        (line, "It stands in line 2 already.") for line in (3, 4, 5)
    ]  # fmt: skip


def test_a_file_without_numbers_or_with_a_column_twice_is_refused(cast: Cast) -> None:
    [problem] = take("姓名\nA\n").problems
    assert "employee number" in problem.reason
    [problem] = take("工号,姓名,name\nX1,A,A\n").problems
    assert "Two columns" in problem.reason


def test_an_unknown_column_is_said_to_be_unused(cast: Cast) -> None:
    report = take("工号,姓名,Shoe size\nX1,A,42\n")
    assert report.ignored_columns == ["Shoe size"]
    assert report.added == 1


def test_an_empty_cell_changes_nothing(cast: Cast) -> None:
    report = take("工号,姓名,邮箱,班组,岗位,组长,入职日期\np1,,,,,,\n")
    assert (report.unchanged, report.problems) == (1, [])


def test_a_file_moves_people_and_replaces_their_roles(cast: Cast) -> None:
    report = take("工号,班组,岗位,入组日期\nP1,打包组,Packer,2024-05-01\n")
    assert report.changed == 1
    noor, may = cast.noor, dt.date(2024, 5, 1)
    assert team_of(noor, may) == cast.packers
    assert roles_of(noor, may) == [cast.packer]
    assert roles_of(noor, dt.date(2024, 4, 30)) == [cast.picker]


def test_a_file_names_leads_and_ends_them(cast: Cast) -> None:
    take("工号,班组,组长\nP1,Picking,是\nL1,Picking,否\n")
    assert set(Team.objects.led_by(cast.noor)) == {cast.pickers}
    assert not Team.objects.led_by(cast.lena).exists()


def test_a_badge_of_somebody_else_is_a_problem_of_that_row(cast: Cast) -> None:
    services.link_account(
        person=cast.noor, system="wms", account="W1", on=dt.date(2024, 1, 1), by=None
    )
    [problem] = take("工号,WMS 工牌\nP3,W1\n").problems
    assert (problem.line, problem.column, problem.value) == (2, "WMS 工牌", "W1")
    assert "Noor" in problem.reason


def test_a_leaver_in_the_file_is_not_taken_back_by_it(cast: Cast) -> None:
    services.leave(person=cast.noor, on=timezone.localdate(), by=None)
    [problem] = take("工号,班组\nP1,Packing\n").problems
    assert "recorded as gone" in problem.reason


def test_hr_changes_no_administrator_by_a_file(cast: Cast) -> None:
    [problem] = take("工号,邮箱\nAD1,hua@example.com\n", by=cast.hua).problems
    assert "may not change" in problem.reason
    assert take("工号,姓名\nAD1,Ada\n", by=cast.hua).unchanged == 1


def test_a_row_that_fails_leaves_no_half_made_team_behind(cast: Cast) -> None:
    report = take("工号,姓名,班组,岗位\nX1,,Night,Guard\nX2,B,Night,Guard\n", create=True)
    assert [line for line, _reason in reasons(report)] == [2]
    assert not Team.objects.filter(name_en="Night").exists()


def test_the_command_prints_problems_and_writes_them_to_a_workbook(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "people.csv", tmp_path / "problems.xlsx"
    file.write_text('工号,姓名,班组\nX1,=HYPERLINK("http://evil.example"),Nowhere\n')
    with pytest.raises(CommandError, match="nothing was taken"):
        call_command("import_people", str(file), problems=str(out))
    assert "line 2, 班组 “Nowhere”" in capsys.readouterr().err
    table = read_table(out)
    assert list(table.frame.iloc[0])[:3] == ["2", "班组", "Nowhere"]


def test_the_command_takes_a_file_and_says_so(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_people", str(EXAMPLE), create=True, dry_run=True)
    assert "5 added" in (out := capsys.readouterr().out)
    assert "dry run" in out
    call_command("import_people", str(EXAMPLE), create=True, by="hr1")
    assert AuditRecord.objects.get(verb="people.imported").actor == cast.hua
    with pytest.raises(CommandError, match="Nobody has"):
        call_command("import_people", str(EXAMPLE), by="nobody")
    with pytest.raises(CommandError):
        call_command("import_people", "/no/such/file.csv")


def test_every_heading_that_the_page_names_is_understood() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "people-import.md").read_text()
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ") and "`" in line]
    headings = [heading for row in rows for heading in re.findall(r"`([^`]+)`", row[2])]
    assert len(headings) > 30
    for heading in headings:
        assert not recognise([heading]).ignored, heading


@pytest.mark.parametrize(
    "text", ["2024-03-31", "2024/3/31", "2024.3.31", "2024年3月31日", "20240331"]
)
def test_dates_are_read_as_the_page_says(text: str) -> None:
    assert a_date(text) == dt.date(2024, 3, 31)
