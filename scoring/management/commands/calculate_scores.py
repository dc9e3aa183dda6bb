"""Calculate the scorecards of a period, opening the period where it is new."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kit import jobs
from kit.models import Job
from scoring.models import ScoringPeriod
from scoring.services import periods


class Command(BaseCommand):
    help = (
        "Calculates everybody's scorecard for the days from --from up to, but without, --to. "
        "Again for the same name: a new version of each card whose content has changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", required=True, type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="end", required=True, type=_day, metavar="YYYY-MM-DD")
        parser.add_argument("--name", required=True, help="of the period, such as 2012-Q1")

    def handle(self, *args: Any, **options: Any) -> None:
        first, end, name = options["first"], options["end"], options["name"]
        period = ScoringPeriod.objects.filter(name__iexact=name).first()
        if period is None:
            try:
                period = periods.add_period(name=name, starts_on=first, ends_on=end, by=None)
            except periods.PeriodError as error:
                raise CommandError(str(error)) from error
        elif (period.starts_on, period.ends_on) != (first, end):
            raise CommandError(
                f"{period.name} runs from {period.starts_on} to {period.ends_on}, not from {first} "
                f"to {end}. Give its own days, or another name."
            )
        job = jobs.run_now(
            jobs.enqueue("calculate_scores", owner=None, period=period.pk), echo=self.echo
        )
        if job.state != Job.State.SUCCEEDED:
            raise CommandError(job.error or f"The calculation is {job.get_state_display()}.")
        counts = job.result or {}
        self.stdout.write(
            f"{period.name}: scorecards of {counts['people']} people, {counts['new']} new, "
            f"{counts['changed']} changed, {counts['kept']} as before, {counts['gone']} gone."
        )

    def echo(self, job: Job) -> None:
        self.stderr.write(f"[{job.done}/{job.total}] {job.message}")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
