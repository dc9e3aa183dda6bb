"""Long work of the scoring layer, as jobs."""

from __future__ import annotations

from typing import Any

from kit.jobs import Progress, register
from kit.models import Job
from scoring.models import ScoringPeriod
from scoring.services import periods


@register("calculate_scores", expects=(periods.PeriodError, ScoringPeriod.DoesNotExist))
def calculate_scores(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `period`, its primary key. Result: the counts of `calculate_period`."""
    period = ScoringPeriod.objects.get(pk=job.payload["period"])
    return periods.calculate_period(period=period, by=job.owner, progress=progress)
