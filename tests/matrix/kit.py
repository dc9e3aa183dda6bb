"""Jobs: long work as its owner sees it."""

from __future__ import annotations

from django.utils import timezone

from kit.models import Job
from tests.matrix.core import GO, NOT_ALLOWED, OK, SIGNED_IN, Row, World, allow


def job(world: World) -> dict[str, int]:
    made = world.once(
        "job",
        lambda: Job.objects.create(kind="count", owner=world.cast.noor, created_at=timezone.now()),
    )
    return {"pk": made.pk}


ROWS = [
    Row("kit:job", "A job and how far it is", allow(OK, "staff"),
        allow(NOT_ALLOWED, *SIGNED_IN), kwargs=job),
    Row("kit:job_cancel", "Stop a job", allow(NOT_ALLOWED, *SIGNED_IN),
        allow(GO, "staff"), kwargs=job),
]  # fmt: skip
