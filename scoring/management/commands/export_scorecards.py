"""Write a period's scorecards as PDFs, with an index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kit import pdf
from scoring import export
from scoring.models import ScoringPeriod


class Command(BaseCommand):
    help = "Writes one PDF for each person of a period, and index.xlsx, into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", help="its name, such as 2012-Q1")
        parser.add_argument("--out", required=True, type=Path, help="the folder; made if missing")

    def handle(self, *args: Any, **options: Any) -> None:
        period = ScoringPeriod.objects.filter(name__iexact=options["period"]).first()
        if period is None:
            known = ", ".join(ScoringPeriod.objects.values_list("name", flat=True)) or "none"
            raise CommandError(f"There is no period {options['period']}. Known: {known}.")
        try:
            count = export.export_scorecards(
                period=period, folder=options["out"], by=None, progress=self.progress
            )
        except (export.NothingToExport, pdf.NotAvailable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} scorecards of {period.name} written to {options['out']}.")

    def progress(self, done: int, total: int, message: str) -> None:
        if done == total or not done % 10:
            self.stderr.write(f"[{done}/{total}] {message}")
