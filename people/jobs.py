"""Long work with people: the import of a file."""

from __future__ import annotations

from typing import Any

from kit.jobs import Progress, daily, register
from kit.models import Job
from kit.tables import TableError, read_table
from people.importing import import_people
from people.models import User
from people.services import apply_dates
from people.uploads import path_of

IMPORT = "import_people"

daily(apply_dates)


@register(IMPORT, expects=(TableError,))
def run_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Payload: `file` (kept upload), `filename` (as its owner calls it), `create`, `dry_run`."""
    wanted = job.payload
    table = read_table(path_of(wanted["file"]), filename=wanted["filename"])
    report = import_people(
        table,
        by=User.objects.get(pk=job.owner_id),
        source=wanted["filename"],
        create=wanted["create"],
        dry_run=wanted["dry_run"],
        progress=progress,
    )
    return report.as_dict()
