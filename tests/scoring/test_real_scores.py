"""The real shop-floor log from the file to everybody's PDF, as an operator would do it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from kit import pdf
from scoring.models import Scorecard, ScorecardLine, ScoringPeriod

pytestmark = [pytest.mark.real_data, pytest.mark.django_db]
MAPPING = Path(__file__).resolve().parents[2] / "docs" / "examples" / "production.toml"
HOUR_US = 3_600_000_000


def run(*arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def period(real_data: Path) -> ScoringPeriod:
    file = real_data / "production" / "Production.csv"
    run("import_operations", str(file), source="production", mapping=MAPPING, create_people=True)
    run("calculate_scores", "--from=2012-01-01", "--to=2012-04-01", "--name=2012-Q1")
    return ScoringPeriod.objects.get()


def line(name: str, component: str) -> ScorecardLine:
    return ScorecardLine.objects.get(
        scorecard__person__employee_number=name, component=component,
        scorecard__superseded_at=None,
    )  # fmt: skip


def test_the_numbers_that_independent_scripts_found(period: ScoringPeriod) -> None:
    assert period.scorecards.current().count() == 46
    speeds = [row.details for row in ScorecardLine.objects.filter(component="throughput")]
    for name in ("actual_us", "standard_us"):
        total = sum(row.get(name) or 0 for row in speeds) / HOUR_US
        assert total == pytest.approx(8813.37, abs=0.005), name
    assert round(line("ID4932", "throughput").value, 1) == 137.3
    assert round(line("ID4163", "throughput").value, 1) == 79.9
    assert line("ID4932", "throughput").band == "exceeds"
    assert line("ID4163", "throughput").band == "below"
    assert period.unattributed_errors > 0
    pieces = sum(
        row["quantity"] for card in Scorecard.objects.all() for row in card.evidence["errors"]
    )
    assert pieces == 106 + 473


def test_nobody_is_called_perfect_for_little_work(period: ScoringPeriod) -> None:
    spotless = ScorecardLine.objects.filter(component="quality", details__incidents=0)
    assert spotless.count() > 10
    for row in spotless:
        assert row.band != "exceeds", row
        assert row.high is None or row.high > 0.5


def test_again_it_is_the_same_to_the_digit(period: ScoringPeriod) -> None:
    before = dict(period.scorecards.values_list("pk", "content_sha256"))
    said = run("calculate_scores", "--from=2012-01-01", "--to=2012-04-01", "--name=2012-Q1")
    assert "46 as before" in said
    assert dict(period.scorecards.values_list("pk", "content_sha256")) == before


@pytest.mark.skipif(pdf.available() is not None, reason=str(pdf.available()))
def test_forty_six_pdfs_and_an_index(period: ScoringPeriod, tmp_path: Path) -> None:
    assert "46 scorecards" in run("export_scorecards", "2012-Q1", out=tmp_path)
    made = sorted(tmp_path.glob("*.pdf"))
    assert len(made) == 46
    assert all(path.read_bytes().startswith(b"%PDF") for path in made)
    rows = list(openpyxl.load_workbook(tmp_path / "index.xlsx").active.values)
    assert len(rows) == 47
    assert sorted(row[-1] for row in rows[1:]) == [path.name for path in made]
