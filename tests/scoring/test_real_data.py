"""The real shop-floor log, with the mapping that the documentation shows: figures known outside."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import call_command

from people.models import User
from scoring import aggregate
from scoring.models import OperationsImport, PersonKey
from scoring.queries import current_snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.real_data]
MAPPING = Path(__file__).resolve().parents[2] / "docs" / "examples" / "production.toml"
QUARTER = (dt.date(2012, 1, 1), dt.date(2012, 4, 1))
HOUR = 3_600_000_000


@pytest.fixture
def log(real_data: Path, settings: object, tmp_path: Path) -> Path:
    settings.HANDRAIL_LEDGER_DIR = tmp_path / "ledger"
    settings.HANDRAIL_FILES_DIR = tmp_path / "files"
    path = real_data / "production" / "Production.csv"
    if not path.is_file():
        pytest.skip(f"there is no {path}")
    return path


def take(log: Path, *options: str) -> str:
    out = StringIO()
    call_command(
        "import_operations", str(log), "--source", "shopfloor", "--mapping", str(MAPPING),
        "--create-people", *options, stdout=out, stderr=StringIO(),
    )  # fmt: skip
    return out.getvalue()


def test_rows_are_taken_and_rejected_as_known(log: Path) -> None:
    people = User.objects.count()
    text = take(log)
    item = OperationsImport.objects.get()
    assert item.rows - item.skipped_rows == 4503
    assert item.skipped_rows == 450
    assert item.reasons == {"duplicate": 23, "not_after_start": 9}
    assert (item.work_events, item.new_people) == (4471, 46)
    assert User.objects.count() == people + 46
    assert "4503 rows, 32 rejected" in text
    facts = aggregate.daily_facts(current_snapshot(), *QUARTER)
    hours = (facts.work["busy_us"].sum() + facts.work["other_us"].sum()) / HOUR
    assert hours == pytest.approx(13_709.17, abs=0.005)
    assert facts.work["units"].sum() == 91_054
    assert facts.work["person"].nunique() == 46


def test_the_same_file_again_adds_nothing(log: Path) -> None:
    take(log)
    before = current_snapshot().fingerprint
    assert "Nothing was added" in take(log)
    assert current_snapshot().fingerprint == before
    assert OperationsImport.objects.count() == 1


def test_throughput_is_as_known(log: Path) -> None:
    take(log)
    work = aggregate.daily_facts(current_snapshot(), *QUARTER).work
    assert work["events"].sum() == 2664
    assert work["busy_us"].sum() / HOUR == pytest.approx(8813.37, abs=0.005)
    standard = work.groupby("process")[["busy_us", "units"]].sum()
    expected = work["units"] * work["process"].map(standard["busy_us"] / standard["units"])
    assert expected.sum() / HOUR == pytest.approx(8813.37, abs=0.005)
    own = work.assign(expected=expected).groupby("person")[["expected", "busy_us", "units"]].sum()
    percent = 100 * own["expected"] / own["busy_us"]
    for number, expected_percent, rate in (("ID4932", 137.3, 4.87), ("ID4163", 79.9, 24.72)):
        key = PersonKey.objects.get(person__employee_number=number).key.hex
        assert percent[key] == pytest.approx(expected_percent, abs=0.05)
        speed = own.loc[key, "units"] / (own.loc[key, "busy_us"] / HOUR)
        assert speed == pytest.approx(rate, abs=0.005)


def test_rejects_find_their_makers_as_known(log: Path) -> None:
    take(log)
    errors = aggregate.attributed_errors(current_snapshot())
    assert errors["quantity"].sum() == 593
    by_rule = errors.groupby("rule")["quantity"].sum().to_dict()
    assert by_rule == {"own_step": 106, "last_maker_before_check": 473, "": 14}
    checks = errors["found_process"].str.endswith("Q.C.")
    assert errors.loc[checks, "quantity"].sum() == 487
    assert (errors.loc[~checks, "rule"] == "own_step").all()
    facts = aggregate.daily_facts(current_snapshot(), *QUARTER)
    assert facts.errors["quantity"].sum() == 579
    assert facts.unattributed["quantity"] == 14
    assert aggregate.open_errors(current_snapshot())["quantity"].sum() == 14


def test_most_people_with_units_have_logged_no_reject(log: Path) -> None:
    take(log)
    fixed = current_snapshot()
    work = aggregate.daily_facts(fixed, *QUARTER).work
    makers = set(work.loc[work["units"] > 0, "person"])
    logged = set(aggregate.attributed_errors(fixed)["found_by"])
    assert len(makers | logged) == 42
    assert len(makers - logged) == 35


def test_the_same_log_as_a_workbook_or_in_gb18030_adds_nothing(log: Path, tmp_path: Path) -> None:
    take(log)
    table = pd.read_csv(log, dtype="str", keep_default_na=False)
    chinese = tmp_path / "gb18030.csv"
    table.rename(columns={"Variant": "变体"}).to_csv(chinese, index=False, encoding="gb18030")
    workbook = tmp_path / "Production.xlsx"
    for name in ("Start Timestamp", "Complete Timestamp"):
        table[name] = pd.to_datetime(table[name])
    table.to_excel(workbook, index=False, engine="xlsxwriter")
    for path in (chinese, workbook):
        take(path)
        item = OperationsImport.objects.first()
        assert item.filename == path.name
        assert (item.work_events, item.error_events) == (0, 0)
        assert item.known_events == 4471 + 231
        assert item.reasons == {"duplicate": 23, "not_after_start": 9}
