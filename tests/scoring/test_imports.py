"""Taking a file into the ledger: all of it or nothing, once, and never over what is there."""

from __future__ import annotations

import datetime as dt
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from kit.tables import read_table, write_xlsx
from people import services as people
from people.models import AuditRecord, SourceAccount, User
from scoring import aggregate, ledger
from scoring.importing.rejected import Rejected
from scoring.models import LedgerFile, OperationsImport, PersonKey, Source
from scoring.queries import current_snapshot
from scoring.services import imports
from tests.cast import Cast
from tests.scoring.imported import receive, take
from tests.scoring.operations import MAPPING, csv_bytes, frame, row

pytestmark = pytest.mark.django_db
State = OperationsImport.State
SINCE, UNTIL = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
TWO = (row(), row(订单号="2", 工号="W02", 作业="包", 不良="1"))


@pytest.fixture(autouse=True)
def folders(settings: object, tmp_path: Path) -> Path:
    settings.HANDRAIL_LEDGER_DIR = tmp_path / "ledger"
    settings.HANDRAIL_FILES_DIR = tmp_path / "files"
    settings.TIME_ZONE = "Asia/Shanghai"
    return tmp_path


@pytest.fixture
def badges(cast: Cast) -> Cast:
    """Noor is W01, Wei is W02."""
    for person, account in ((cast.noor, "W01"), (cast.wei, "W02")):
        people.link_account(person=person, system="wms", account=account, on=SINCE, by=None)
    return cast


def totals() -> dict[str, int]:
    facts = aggregate.daily_facts(current_snapshot(), SINCE, UNTIL)
    return {
        "units": int(facts.work["units"].sum()),
        "events": int(facts.work["events"].sum()),
        "errors": int(facts.errors["quantity"].sum()) + facts.unattributed["quantity"],
    }


def test_what_is_taken_is_in_the_ledger(badges: Cast) -> None:
    item = take(receive(csv_bytes(*TWO)), badges.hua)
    assert (item.state, item.committed_by) == (State.COMMITTED, badges.hua)
    assert (item.work_events, item.error_events, item.rejected_rows) == (2, 1, 0)
    assert (item.first_day, item.last_day) == (dt.date(2024, 1, 15), dt.date(2024, 1, 15))
    assert totals() == {"units": 24, "events": 2, "errors": 1}
    assert AuditRecord.objects.filter(verb="import.committed", actor=badges.hua).count() == 1


def test_the_ledger_knows_people_by_opaque_keys_only(badges: Cast) -> None:
    item = take(receive(csv_bytes(*TWO)))
    keys = {key.key.hex for key in PersonKey.objects.filter(person__in=[badges.noor, badges.wei])}
    for file in item.files.all():
        written = pd.read_parquet(current_snapshot().folder / file.name)
        assert set(written.get("person", written.get("found_by"))) <= keys | {""}
        assert not written.astype(str).isin(["W01", "W02", "Noor", "王喆"]).any().any()


def test_removing_a_persons_key_leaves_every_total(badges: Cast) -> None:
    take(receive(csv_bytes(*TWO)))
    before = totals()
    PersonKey.objects.get(person=badges.noor).delete()
    assert totals() == before


def test_the_upload_is_gone_once_it_is_taken(badges: Cast) -> None:
    assert not take(receive(csv_bytes(*TWO))).upload.exists()


def test_the_same_file_again_adds_nothing_and_says_so(badges: Cast) -> None:
    first = take(receive(csv_bytes(*TWO)))
    with pytest.raises(imports.AlreadyImported) as caught:
        receive(csv_bytes(*TWO))
    assert caught.value.item == first
    assert "Nothing was added" in str(caught.value)
    assert totals()["events"] == 2


def test_two_uploads_of_one_file_are_taken_once(badges: Cast) -> None:
    first, second = receive(csv_bytes(*TWO)), receive(csv_bytes(*TWO))
    take(first)
    with pytest.raises(imports.AlreadyImported):
        take(second)
    second.refresh_from_db()
    assert second.state == State.REJECTED
    assert totals()["events"] == 2


def test_an_overlapping_export_adds_only_what_is_new(badges: Cast) -> None:
    take(receive(csv_bytes(*TWO)))
    item = take(receive(csv_bytes(*TWO, row(订单号="3"))))
    assert (item.work_events, item.error_events, item.known_events) == (1, 0, 3)
    assert totals() == {"units": 36, "events": 3, "errors": 1}


def test_an_event_that_says_something_else_now_is_rejected(badges: Cast) -> None:
    keyed = MAPPING.replace("[errors]", 'key = ["订单号"]\n\n[errors]').replace(
        "[attribution]", 'key = ["订单号"]\n\n[attribution]'
    )
    take(receive(csv_bytes(*TWO), mapping=keyed))
    item = take(receive(csv_bytes(row(件数="99"), row(订单号="3")), mapping=keyed))
    assert (item.work_events, item.rejected_rows, item.reasons) == (1, 1, {"changed": 1})
    assert "wms.csv" in Rejected.load(item.folder).spoken()[0]["wrong"]
    assert totals()["units"] == 36


def test_a_correction_replaces_an_import_and_keeps_its_files(badges: Cast) -> None:
    first = take(receive(csv_bytes(*TWO)))
    before = current_snapshot()
    second = take(receive(csv_bytes(row(件数="99"), TWO[1]), supersedes=first))
    first.refresh_from_db()
    assert (first.state, second.supersedes) == (State.SUPERSEDED, first)
    assert totals() == {"units": 111, "events": 2, "errors": 1}
    # the calculation that stood on the old files can still be repeated
    old = aggregate.daily_facts(before, SINCE, UNTIL)
    assert old.work["units"].sum() == 24


def test_another_source_has_events_of_its_own(badges: Cast) -> None:
    take(receive(csv_bytes(*TWO)))
    text = MAPPING.replace("[work]", "# the other hall\n[work]")
    item = receive(csv_bytes(*TWO), source="hall2", mapping=text)
    assert take(item).work_events == 2
    assert totals()["events"] == 4


def test_a_dry_run_says_what_would_be_and_adds_nothing(badges: Cast) -> None:
    item = receive(csv_bytes(*TWO, row(件数="-1")))
    imports.check(item=item, at=timezone.now())
    assert (item.state, item.work_events, item.rejected_rows) == (State.CHECKED, 2, 1)
    assert totals()["events"] == 0
    assert not LedgerFile.objects.exists()
    assert take(item).state == State.COMMITTED
    assert totals()["events"] == 2


def test_one_wrong_row_stops_the_file_where_that_is_asked_for(badges: Cast) -> None:
    item = receive(csv_bytes(*TWO, row(件数="-1")), all_or_nothing=True)
    with pytest.raises(imports.Refused, match="1 row"):
        take(item)
    item.refresh_from_db()
    assert item.state == State.REJECTED
    assert len(Rejected.load(item.folder).problems) == 1
    assert totals()["events"] == 0
    assert not LedgerFile.objects.exists()


def test_unknown_accounts_are_rejected_unless_people_may_be_made(cast: Cast) -> None:
    people_before = User.objects.count()
    item = receive(csv_bytes(*TWO))
    imports.check(item=item, at=timezone.now())
    assert item.reasons == {"unknown_person": 2}
    made = take(receive(csv_bytes(*TWO), create_people=True))
    assert (made.new_people, made.rejected_rows) == (2, 0)
    assert User.objects.count() == people_before + 2
    assert SourceAccount.objects.get(account="W01").person.employee_number == "W01"
    assert not User.objects.get(employee_number="W01").has_usable_password()


def test_an_employee_number_as_account_is_that_employee(cast: Cast) -> None:
    take(receive(csv_bytes(row(工号="p1")), create_people=True))
    assert SourceAccount.objects.get(account="p1").person == cast.noor
    assert PersonKey.objects.get().person == cast.noor


def test_a_rejected_row_makes_no_person(cast: Cast) -> None:
    item = take(receive(csv_bytes(row(), row(工号="W09", 件数="-1")), create_people=True))
    assert (item.new_people, item.rejected_rows) == (1, 1)
    assert not User.objects.filter(employee_number="W09").exists()


FILES = {
    "empty.csv": b"",
    "heading only.csv": csv_bytes(),
    "missing column.csv": csv_bytes(*TWO).replace("工号".encode(), "员工".encode()),
    "picture.csv": b"\x89PNG\r\n\x1a\n" + b"0" * 100,
    "page.xlsx": b"<html><table><tr><td>1</td></tr></table></html>",
    "zip.xlsx": b"PK\x03\x04" + b"0" * 100,
    "notes.docx": b"some text",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(badges: Cast, name: str) -> None:
    item = receive(FILES[name], filename=name)
    with pytest.raises(imports.Refused):
        take(item)
    item.refresh_from_db()
    assert item.state == State.REJECTED
    assert item.problem.endswith(".")
    assert totals()["events"] == 0
    assert ledger.sets(current_snapshot().folder) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_gives_the_same_events(badges: Cast, encoding: str) -> None:
    take(receive(csv_bytes(*TWO)))
    item = take(receive(csv_bytes(*TWO, encoding=encoding) + b"", mapping=MAPPING + "\n"))
    assert (item.work_events, item.known_events) == (0, 3)


def test_a_workbook_gives_the_same_events_as_text(badges: Cast) -> None:
    take(receive(csv_bytes(*TWO)))
    table = frame(*TWO)
    for name in ("开始", "结束"):
        table[name] = pd.to_datetime(table[name])
    table["件数"] = table["件数"].astype("int64")
    buffer = BytesIO()
    write_xlsx(buffer, {"导出": table})
    item = take(receive(buffer.getvalue(), filename="wms.xlsx"))
    assert (item.work_events, item.known_events, item.rejected_rows) == (0, 3, 0)


def test_the_list_of_rejected_rows_can_be_corrected_and_sent_again(
    badges: Cast, tmp_path: Path
) -> None:
    item = take(receive(csv_bytes(row(), row(订单号="2", 件数="-1"))))
    path = tmp_path / "rejected.xlsx"
    path.write_bytes(Rejected.load(item.folder).as_xlsx())
    listed = read_table(path).frame
    assert listed.columns.tolist() == ["Line", "Field", "Value", "Reason", "What to do"]
    assert listed.iloc[0]["Line"] == "3"
    again = read_table(path, sheet="Rows to correct").frame.replace("-1", "5")
    again.to_csv(path.with_suffix(".csv"), index=False)
    assert take(receive(path.with_suffix(".csv").read_bytes())).work_events == 1
    assert totals()["units"] == 17


def test_the_list_as_csv_opens_in_a_spreadsheet_and_runs_nothing(badges: Cast) -> None:
    item = take(receive(csv_bytes(row(), row(件数='=HYPERLINK("http://x")', 工号="Ｗ０２"))))
    text = Rejected.load(item.folder).as_csv()
    assert text.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in text.decode("utf-8-sig")


def test_an_import_that_is_being_read_is_not_read_twice(badges: Cast) -> None:
    item = receive(csv_bytes(*TWO))
    OperationsImport.objects.update(state=State.READING, beat_at=timezone.now())
    with pytest.raises(imports.NotInThatState):
        take(item)


def test_a_run_that_fell_silent_can_be_started_again(badges: Cast) -> None:
    item = receive(csv_bytes(*TWO))
    silent = timezone.now() - imports.SILENT_FOR - dt.timedelta(seconds=1)
    OperationsImport.objects.update(state=State.READING, beat_at=silent)
    ledger.write_set(current_snapshot().folder, f"{item.uid.hex}-dead", {})
    imports.recover(at=timezone.now())
    item.refresh_from_db()
    assert item.state == State.FAILED
    assert item.can_be_taken
    assert ledger.sets(current_snapshot().folder) == []
    assert take(item).work_events == 2


def test_recovering_touches_nothing_that_is_taken_or_being_read(badges: Cast) -> None:
    take(receive(csv_bytes(*TWO)))
    reading = receive(csv_bytes(row(订单号="9")))
    OperationsImport.objects.filter(pk=reading.pk).update(
        state=State.READING, beat_at=timezone.now()
    )
    ledger.write_set(current_snapshot().folder, f"{reading.uid.hex}-run", {})
    imports.recover(at=timezone.now())
    assert totals()["events"] == 2
    assert len(ledger.sets(current_snapshot().folder)) == 2


def test_a_commit_that_was_overtaken_reads_again(
    badges: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another import of the same events commits while this one has written but not listed."""
    slow, quick = receive(csv_bytes(*TWO)), receive(csv_bytes(TWO[0], row(订单号="3")))
    write, calls = ledger.write_set, []

    def overtaken(*args: object) -> list[ledger.Part]:
        parts = write(*args)
        calls.append(args)
        if len(calls) == 1:
            take(quick)
        return parts

    monkeypatch.setattr(ledger, "write_set", overtaken)
    take(slow)
    assert len(calls) == 3
    assert (slow.work_events, slow.known_events) == (1, 1)
    assert totals() == {"units": 36, "events": 3, "errors": 1}


def test_a_new_mapping_text_is_a_new_version(cast: Cast) -> None:
    first, again, second = (
        imports.use_mapping(source="wms", text=text, by=cast.hua, at=timezone.now())
        for text in (MAPPING, MAPPING, MAPPING + "\n# second")
    )
    assert (first.version, again, second.version) == (1, first, 2)
    assert Source.objects.get().mappings.count() == 2


def command(*args: object) -> str:
    out = StringIO()
    call_command("import_operations", *map(str, args), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_takes_a_file(badges: Cast, tmp_path: Path) -> None:
    data, mapping = tmp_path / "a.csv", tmp_path / "m.toml"
    data.write_bytes(csv_bytes(*TWO, row(件数="-1")))
    mapping.write_text(MAPPING, encoding="utf-8")
    given = (data, "--source", "wms", "--mapping", mapping)
    assert "nothing was written" in command(*given, "--dry-run")
    assert not OperationsImport.objects.exists()
    listing = tmp_path / "out.csv"
    text = command(*given, "--rejected", listing)
    assert "2 work events and 1 error events" in text
    assert "line 4" in text
    assert "-1" in listing.read_text(encoding="utf-8-sig")
    assert "Nothing was added" in command(*given)


def test_the_command_replaces_an_import(badges: Cast, tmp_path: Path) -> None:
    data, mapping = tmp_path / "a.csv", tmp_path / "m.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    data.write_bytes(csv_bytes(*TWO))
    command(data, "--source", "wms", "--mapping", mapping)
    first = OperationsImport.objects.get()
    data.write_bytes(csv_bytes(row(件数="99")))
    text = command(data, "--source", "wms", "--mapping", mapping, "--replaces", first.pk)
    assert "1 work events" in text
    assert totals()["units"] == 99
    with pytest.raises(CommandError, match="in the ledger"):
        command(data, "--source", "wms", "--mapping", mapping, "--replaces", first.pk)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"--mapping": "nowhere.toml"}, "no file"),
        ({"--source": "仓库"}, "Latin letters"),
        ({"--rejected": "list.txt"}, ".xlsx or .csv"),
    ],
)
def test_the_command_says_what_it_needs(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    data, mapping = tmp_path / "a.csv", tmp_path / "m.toml"
    data.write_bytes(csv_bytes(*TWO))
    mapping.write_text(MAPPING, encoding="utf-8")
    options = {"--source": "wms", "--mapping": str(mapping)} | changes
    with pytest.raises(CommandError, match=message):
        command(data, *(part for pair in options.items() for part in pair))


def test_the_command_names_each_mistake_of_a_mapping(tmp_path: Path) -> None:
    data, mapping = tmp_path / "a.csv", tmp_path / "m.toml"
    data.write_bytes(csv_bytes(*TWO))
    mapping.write_text(MAPPING.replace("version = 1", "version = 9"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"version: must be 1\."):
        command(data, "--source", "wms", "--mapping", mapping)
    assert not Source.objects.exists()
