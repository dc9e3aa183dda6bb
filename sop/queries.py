"""Reads across procedures, roles and error codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sop.models import ReleasedStep, SOPRelease


def steps_for_error_codes(
    codes: Iterable[str], at: dt.datetime | None = None
) -> dict[str, ReleasedStep]:
    """For each error code the step that prevents it, in the releases in force at `at`.

    Codes without a step are left out. Where several steps list one code, the first by SOP
    code and order is given.
    """
    wanted = list(codes)
    rows = (
        ReleasedStep.objects.filter(
            release__in=SOPRelease.objects.in_force(at), error_codes__code__in=wanted
        )
        .order_by("-release__code", "-order")
        .select_related("release", "role")
        .prefetch_related("release__texts", "error_codes")
    )
    found: dict[str, ReleasedStep] = {}
    for step in rows:
        for code in step.error_codes.all():
            if code.code in wanted:
                found[code.code] = step
    return found


def step_for_error_code(code: str, at: dt.datetime | None = None) -> ReleasedStep | None:
    return steps_for_error_codes([code], at).get(code)


def release_in_force(code: str, at: dt.datetime | None = None) -> SOPRelease | None:
    return SOPRelease.objects.in_force(at).filter(code=code).first()
