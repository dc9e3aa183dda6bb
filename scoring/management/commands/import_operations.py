"""Take a file of operations data into the ledger, or say what taking it would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.text import slugify

from scoring.importing.mapping import Mapping, MappingError, parse_bytes
from scoring.importing.reasons import REASONS
from scoring.importing.rejected import Rejected
from scoring.models import OperationsImport
from scoring.services import imports

SHOWN = 10


class Command(BaseCommand):
    help = "Imports operations data (CSV, XLSX) by a mapping file; see docs/operations-data.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="where the data comes from, e.g. wms")
        parser.add_argument("--mapping", required=True, type=Path, help="the mapping file (TOML)")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--create-people", action="store_true", help="make a person for each unknown account"
        )
        parser.add_argument(
            "--all-or-nothing", action="store_true", help="take nothing if any row is wrong"
        )
        parser.add_argument(
            "--replaces", type=int, metavar="NUMBER", help="the import that this file corrects"
        )
        parser.add_argument(
            "--rejected", type=Path, help="write rejected rows here (.xlsx or .csv)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("file", "mapping"):
            if not options[name].is_file():
                raise CommandError(f"There is no file {options[name]}.")
        if slugify(options["source"]) != options["source"].lower():
            raise CommandError("--source takes Latin letters, digits and hyphens, such as wms.")
        listing: Path | None = options["rejected"]
        if listing is not None and listing.suffix not in (".xlsx", ".csv"):
            raise CommandError("--rejected takes a name that ends in .xlsx or .csv.")
        try:
            mapping = parse_bytes(options["mapping"].read_bytes())
            if options["dry_run"]:
                self.dry_run(mapping, options)
            else:
                self.take(mapping.text, options)
        except MappingError as error:
            raise CommandError(
                f"{options['mapping']} can't be used:\n" + "\n".join(error.problems)
            ) from error
        except imports.AlreadyImported as error:
            self.stdout.write(str(error))
        except imports.ImportProblem as error:
            raise CommandError(str(error)) from error

    def take(self, text: str, options: dict[str, Any]) -> None:
        at = timezone.now()
        replaces = None
        if options["replaces"] is not None:
            committed = OperationsImport.objects.committed()
            replaces = committed.filter(pk=options["replaces"]).first()
            if replaces is None or replaces.source.slug != options["source"]:
                raise CommandError(
                    f"No import {options['replaces']} of {options['source']} is in the ledger."
                )
        mapping = imports.use_mapping(source=options["source"], text=text, by=None, at=at)
        item = imports.receive(
            path=options["file"],
            filename=options["file"].name,
            mapping=mapping,
            by=None,
            at=at,
            create_people=options["create_people"],
            all_or_nothing=options["all_or_nothing"],
            supersedes=replaces,
        )
        try:
            imports.commit(item=item, by=None, at=at, progress=self.progress)
        finally:
            self.rejected(Rejected.load(item.folder), options["rejected"])
        self.report(item, f"Import {item.pk} is in the ledger:")

    def dry_run(self, mapping: Mapping, options: dict[str, Any]) -> None:
        counts, rejected = imports.preview(
            path=options["file"],
            filename=options["file"].name,
            source=options["source"],
            mapping=mapping,
            create_people=options["create_people"],
            at=timezone.now(),
            progress=self.progress,
        )
        self.rejected(rejected, options["rejected"])
        self.report(counts, "Dry run, nothing was written. It would add:")

    def progress(self, done: int, total: int, message: str) -> None:
        self.stderr.write(f"[{done}/{total}] {message}")

    def rejected(self, rejected: Rejected, target: Path | None) -> None:
        for row in rejected.spoken(SHOWN):
            place = ", ".join(filter(None, [f"line {row['line']}", row["field"], row["value"]]))
            self.stdout.write(f"  {place}: {row['wrong']} {row['mend']}")
        if len(rejected.problems) > SHOWN:
            self.stdout.write(f"  ... and {len(rejected.problems) - SHOWN} more")
        if target is not None:
            listing = rejected.as_csv() if target.suffix == ".csv" else rejected.as_xlsx()
            target.write_bytes(listing)
            self.stdout.write(f"Rejected rows written to {target}.")

    def report(self, counts: OperationsImport | imports.Counts, heading: str) -> None:
        lines = [
            heading,
            f"  {counts.work_events} work events and {counts.error_events} error events "
            f"({counts.known_events} events were there already)",
            f"  from {counts.rows - counts.skipped_rows} rows, {counts.rejected_rows} rejected; "
            f"{counts.skipped_rows} more were left out by the mapping",
            *(f"    {n} × {REASONS[reason].title}" for reason, n in counts.reasons.items()),
        ]
        if counts.first_day is not None:
            lines.append(f"  days {counts.first_day} to {counts.last_day}")
        if counts.new_people:
            lines.append(f"  {counts.new_people} new people")
        self.stdout.write("\n".join(lines))
