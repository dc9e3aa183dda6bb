"""Long work of the scoring layer, as jobs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kit import pdf
from kit.jobs import Progress, register
from kit.models import Job
from scoring import export
from scoring.models import OperationsImport, ScoringPeriod
from scoring.services import imports, periods


@register("check_operations", expects=(imports.ImportProblem,))
def check_operations(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `item`, an import's primary key. Result: how many rows would be rejected."""
    item = OperationsImport.objects.get(pk=job.payload["item"])
    imports.check(item=item, at=timezone.now(), progress=progress)
    return {"rejected": item.rejected_rows}


@register("take_operations", expects=(imports.ImportProblem,))
def take_operations(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `item`, an import's primary key. Result: how many events were added."""
    item = OperationsImport.objects.get(pk=job.payload["item"])
    imports.commit(item=item, by=job.owner, at=timezone.now(), progress=progress)
    return {"work": item.work_events, "errors": item.error_events}


@register("calculate_scores", expects=(periods.PeriodError, ScoringPeriod.DoesNotExist))
def calculate_scores(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `period`, its primary key. Result: the counts of `calculate_period`."""
    period = ScoringPeriod.objects.get(pk=job.payload["period"])
    return periods.calculate_period(period=period, by=job.owner, progress=progress)


@register(
    "export_scorecards",
    expects=(export.NothingToExport, pdf.NotAvailable, ScoringPeriod.DoesNotExist),
)
def export_scorecards(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `period`, its primary key. The zip lies at `export.zip_path(job)`."""
    period = ScoringPeriod.objects.get(pk=job.payload["period"])
    return {"cards": export.export_zip(period=period, job=job, by=job.owner, progress=progress)}
