"""The pages on which HR imports operations data."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kit import jobs
from kit.models import Job
from kit.tables import read_table
from people.models import User
from scoring.models import OperationsImport, Source
from scoring.services import imports
from tests.cast import Cast
from tests.scoring.operations import MAPPING, csv_bytes, row

pytestmark = pytest.mark.django_db
Signed = Callable[[User], Client]
State = OperationsImport.State
TWO = (row(), row(订单号="2", 工号="W02"))
WRONG = row(订单号="3", 件数="-1")


@pytest.fixture(autouse=True)
def folders(settings: object, tmp_path: Path) -> None:
    settings.HANDRAIL_LEDGER_DIR = tmp_path / "ledger"
    settings.HANDRAIL_FILES_DIR = tmp_path / "files"


def upload(client: Client, *rows: dict[str, str], query: str = "", **fields: object) -> object:
    given = {
        "file": SimpleUploadedFile("导出.csv", csv_bytes(*rows)),
        "new_source": "wms",
        "mapping": SimpleUploadedFile("wms.toml", MAPPING.encode()),
        "create_people": "on",
    } | fields
    data = {name: value for name, value in given.items() if value is not None}
    return client.post(reverse("scoring:import_new") + query, data)


def work() -> None:
    """What a worker does: all jobs that wait."""
    for job in Job.objects.unfinished():
        jobs.run_now(job)


def test_hr_imports_a_file_in_two_steps(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    response = upload(client, *TWO, WRONG)
    item = OperationsImport.objects.get()
    assert response.url == reverse("scoring:import", args=[item.pk])
    assert reverse("kit:job", args=[item.job.pk]) in client.get(response.url).text
    work()
    page = client.get(response.url).text
    assert "2 rows are right, 1 is not." in page
    assert "The number is negative." in page
    assert not User.objects.filter(employee_number="W01").exists()

    take = reverse("scoring:import_take", args=[item.pk])
    assert client.post(take).url == response.url
    work()
    item.refresh_from_db()
    assert (item.state, item.committed_by, item.work_events) == (State.COMMITTED, cast.hua, 2)
    assert "These events are in the ledger." in client.get(response.url).text
    assert User.objects.filter(employee_number="W01").exists()
    assert take not in client.get(response.url).text


def test_the_same_file_again_leads_to_the_first_import(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    upload(client, *TWO)
    first = OperationsImport.objects.get()
    work()
    client.post(reverse("scoring:import_take", args=[first.pk]))
    work()
    again = upload(client, *TWO)
    assert again.url == reverse("scoring:import", args=[first.pk])
    assert "Nothing was added" in client.get(again.url).text
    assert OperationsImport.objects.count() == 1


def test_a_known_source_needs_no_mapping(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    upload(client, *TWO)
    source = Source.objects.get()
    upload(client, row(订单号="5"), source=source.pk, new_source=None, mapping=None)
    assert OperationsImport.objects.count() == 2
    assert source.mappings.count() == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": None}, "This field is required."),
        ({"file": SimpleUploadedFile("a.csv", b"")}, "The submitted file is empty."),
        ({"mapping": None}, "This field is required."),
        ({"mapping": SimpleUploadedFile("m.toml", b"version = 2")}, "version: must be 1."),
        ({"mapping": SimpleUploadedFile("m.toml", b"#" * 300_000)}, "too large"),
        ({"new_source": "仓库"}, "valid"),
    ],
)
def test_a_form_that_is_not_right_says_why(
    cast: Cast, sign_in: Signed, fields: dict[str, object], message: str
) -> None:
    response = upload(sign_in(cast.hua), *TWO, **fields)
    assert response.status_code == 200
    assert message in response.text
    assert not OperationsImport.objects.exists()
    assert not Source.objects.exists()


def test_a_file_that_is_no_table_is_refused_with_the_reason(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    page = upload(client, file=SimpleUploadedFile("a.csv", b"a;b\n1;2\n")).url
    work()
    assert OperationsImport.objects.get().state == State.REJECTED
    assert "The file lacks the column(s)" in client.get(page).text
    assert Job.objects.get().state == Job.State.FAILED


def test_what_was_right_when_checked_is_not_taken_in_part_later(
    cast: Cast, sign_in: Signed
) -> None:
    client = sign_in(cast.hua)
    upload(client, *TWO)
    item = OperationsImport.objects.get()
    work()
    OperationsImport.objects.update(create_people=False)  # nobody is W01 any more
    client.post(reverse("scoring:import_take", args=[item.pk]))
    work()
    item.refresh_from_db()
    assert (item.state, item.all_or_nothing) == (State.REJECTED, True)
    assert not item.files.exists()


def test_an_interrupted_run_can_be_started_again(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    page = upload(client, *TWO).url
    item = OperationsImport.objects.get()
    OperationsImport.objects.update(state=State.READING, beat_at=timezone.now())
    Job.objects.update(state=Job.State.FAILED, finished_at=timezone.now())
    assert "The run was interrupted" in client.get(page).text
    client.post(reverse("scoring:import_take", args=[item.pk]))
    work()
    item.refresh_from_db()
    assert item.state == State.COMMITTED


def test_a_correction_replaces_the_import(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    upload(client, *TWO)
    first = OperationsImport.objects.get()
    work()
    imports.commit(item=first, by=cast.hua, at=timezone.now())
    page = client.get(reverse("scoring:import", args=[first.pk])).text
    query = f"?replaces={first.pk}"
    assert reverse("scoring:import_new") + query in page
    assert "导出.csv" in client.get(reverse("scoring:import_new") + query).text
    upload(client, row(件数="99"), query=query, source=first.source.pk, mapping=None)
    second = OperationsImport.objects.first()
    work()
    client.post(reverse("scoring:import_take", args=[second.pk]))
    work()
    first.refresh_from_db()
    assert first.state == State.SUPERSEDED
    assert "Replaced by" in client.get(reverse("scoring:import", args=[first.pk])).text


def test_only_what_is_in_the_ledger_can_be_replaced(cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.hua)
    upload(client, *TWO)
    for pk in (OperationsImport.objects.get().pk, 99, "x"):
        url = reverse("scoring:import_new") + f"?replaces={pk}"
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(("language", "word"), [("en", "Line"), ("zh-hans", "行号")])
def test_the_rejected_rows_come_in_the_readers_language(
    cast: Cast, sign_in: Signed, language: str, word: str
) -> None:
    User.objects.filter(pk=cast.hua.pk).update(language=language)
    client = sign_in(User.objects.get(pk=cast.hua.pk))
    upload(client, *TWO, WRONG)
    item = OperationsImport.objects.get()
    work()
    sheet = client.get(reverse("scoring:import_rejected", args=[item.pk, "xlsx"]))
    assert word in read_table(BytesIO(sheet.content), filename="r.xlsx").frame.columns
    text = client.get(reverse("scoring:import_rejected", args=[item.pk, "csv"]))
    assert word in text.content.decode("utf-8-sig")
    assert "attachment" in text["Content-Disposition"]


def test_auditors_read_and_change_nothing(cast: Cast, sign_in: Signed) -> None:
    upload(sign_in(cast.hua), *TWO)
    item = OperationsImport.objects.get()
    work()
    client = sign_in(cast.otto)
    page = client.get(reverse("scoring:import", args=[item.pk]))
    assert page.status_code == 200
    take = reverse("scoring:import_take", args=[item.pk])
    assert take not in page.text
    assert client.post(take).status_code == 404
    assert upload(client, *TWO).status_code == 404
    item.refresh_from_db()
    assert item.state == State.CHECKED
