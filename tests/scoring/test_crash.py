"""`kill -9` at every named point of an import: no trace in any figure, and the next run goes on."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.utils import timezone

from people.models import User
from scoring import aggregate, ledger
from scoring.models import LedgerFile, OperationsImport
from scoring.queries import current_snapshot
from scoring.services import imports
from scoring.snapshot import Snapshot
from tests.databases import database_url
from tests.scoring.operations import MAPPING, csv_bytes, row

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, django
django.setup()
from django.core.management import call_command
from scoring import faults
faults.arm(sys.argv[1])
call_command("import_operations", *sys.argv[2:])
"""
BEFORE_IT_COUNTS = [
    "import.read",
    "ledger.work_written",
    "ledger.errors_written",
    "ledger.renamed",
    "import.listed",
]


@pytest.fixture
def files(settings: object, tmp_path: Path) -> list[str]:
    """Arguments of the command, on a database and folders that a second process sees too."""
    settings.HANDRAIL_LEDGER_DIR = tmp_path / "ledger"
    settings.HANDRAIL_FILES_DIR = tmp_path / "files"
    data, mapping = tmp_path / "wms.csv", tmp_path / "wms.toml"
    data.write_bytes(csv_bytes(row(), row(订单号="2", 工号="W02", 不良="3"), row(件数="-1")))
    mapping.write_text(MAPPING, encoding="utf-8")
    return [str(data), "--source", "wms", "--mapping", str(mapping), "--create-people"]


def kill_at(point: str, files: list[str], folder: Path) -> None:
    """Run the import in a process of its own that dies at the fault point."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "HANDRAIL_DATA_DIR": str(folder),
        "SECRET_KEY": django_settings.SECRET_KEY,
        "EMAIL_URL": "memorymail://",
    }
    run = subprocess.run(
        [sys.executable, "-c", CHILD, point, *files],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == -signal.SIGKILL, run.stderr


def figures(snapshot: Snapshot) -> tuple[str, str]:
    facts = aggregate.daily_facts(snapshot, dt.date(2024, 1, 1), dt.date(2025, 1, 1))
    columns = ["process", "difficulty", "day", *aggregate.WORK_COUNTS]
    return facts.work[columns].to_csv(), facts.errors.drop(columns="person").to_csv()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", BEFORE_IT_COUNTS)
def test_a_killed_import_leaves_no_trace_and_the_next_goes_through(
    point: str, files: list[str], tmp_path: Path
) -> None:
    people, empty = User.objects.count(), figures(current_snapshot())
    kill_at(point, files, tmp_path)
    assert not LedgerFile.objects.exists()
    assert User.objects.count() == people
    assert figures(current_snapshot()) == empty
    killed = OperationsImport.objects.get()
    assert killed.state == OperationsImport.State.READING

    call_command("import_operations", *files, stdout=StringIO(), stderr=StringIO())
    taken = OperationsImport.objects.committed().get()
    assert (taken.work_events, taken.error_events, taken.rejected_rows) == (2, 1, 1)
    assert User.objects.count() == people + 2

    imports.recover(at=timezone.now() + imports.SILENT_FOR + dt.timedelta(seconds=1))
    killed.refresh_from_db()
    assert killed.state == OperationsImport.State.FAILED
    left = {name.split("-")[0] for name in ledger.sets(current_snapshot().folder)}
    assert left == {taken.uid.hex}


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_after_it_counted_has_counted_once(
    files: list[str], tmp_path: Path
) -> None:
    kill_at("import.committed", files, tmp_path)
    assert OperationsImport.objects.get().state == OperationsImport.State.COMMITTED
    before = figures(current_snapshot())
    out = StringIO()
    call_command("import_operations", *files, stdout=out, stderr=StringIO())
    assert "Nothing was added" in out.getvalue()
    assert figures(current_snapshot()) == before


@pytest.mark.django_db(transaction=True)
def test_a_run_resumed_after_a_kill_gives_the_figures_of_an_uninterrupted_one(
    files: list[str], tmp_path: Path
) -> None:
    kill_at("ledger.renamed", files, tmp_path)
    killed = OperationsImport.objects.get()
    later = timezone.now() + imports.SILENT_FOR + dt.timedelta(seconds=1)
    imports.commit(item=killed, by=None, at=later)
    resumed = figures(current_snapshot())

    OperationsImport.objects.update(
        state=OperationsImport.State.SUPERSEDED
    )  # out of the way of the same file, read without any kill
    call_command("import_operations", *files, stdout=StringIO(), stderr=StringIO())
    assert figures(current_snapshot()) == resumed
    assert OperationsImport.objects.committed().get().work_events == 2
