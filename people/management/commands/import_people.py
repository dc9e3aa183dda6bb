from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kit.tables import TableError, read_table, write_xlsx
from people.importing import import_people
from people.importing.report import problems_frame
from people.models import User


class Command(BaseCommand):
    help = "Adds and changes people from a CSV or XLSX file; docs/people-import.md describes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="check everything, keep nothing")
        parser.add_argument(
            "--create", action="store_true", help="create teams and roles that don't exist yet"
        )
        parser.add_argument("--by", metavar="NUMBER", help="employee number of whoever does this")
        parser.add_argument("--problems", metavar="XLSX", help="write the problems to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        by = None
        if options["by"]:
            by = User.objects.filter(employee_number__iexact=options["by"]).first()
            if by is None:
                raise CommandError(f"Nobody has the employee number {options['by']}.")
        try:
            table = read_table(options["file"])
        except (TableError, OSError) as error:
            raise CommandError(str(error)) from error
        report = import_people(
            table,
            by=by,
            source=options["file"],
            create=options["create"],
            dry_run=options["dry_run"],
        )
        for column in report.ignored_columns:
            self.stdout.write(f"Column not used: {column}")
        for change in report.changes:
            self.stdout.write(f"line {change.line}  {change.number} {change.name}: "
                              + "; ".join(change.what))  # fmt: skip
        for problem in report.problems:
            where = f"line {problem.line}, {problem.column} “{problem.value}”"
            self.stderr.write(f"{where}: {problem.reason} {problem.mend}")
        if report.problems and options["problems"]:
            rows = [vars(problem) for problem in report.problems]
            write_xlsx(options["problems"], {"Problems": problems_frame(rows)})
        counts = (
            f"{report.rows} rows: {report.added} added, {report.changed} changed, "
            f"{report.unchanged} unchanged."
        )
        if report.problems:
            raise CommandError(f"{len(report.problems)} problems, so nothing was taken.")
        self.stdout.write(counts + (" Nothing was kept: dry run." if report.dry_run else ""))
