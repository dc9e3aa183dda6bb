"""What scores are measured by: names of processes, standards and weights."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.audit import record
from people.models import DatedQuerySet, Role, User
from scoring import permissions
from scoring.models import Process, ScoringPeriod, Standard, Weights


class MeasureError(Exception):
    """The measure can't be set that way; the message says why, and what mends it."""


class NotAllowed(MeasureError):
    """The actor may not do this."""


@transaction.atomic
def name_process(*, code: str, name_en: str, name_zh: str, by: User | None) -> Process:
    """Gives a process of the ledger the names that people read; makes it where it is new."""
    _require_manager(by)
    process, _made = Process.objects.update_or_create(
        code=code, defaults={"name_en": name_en.strip(), "name_zh": name_zh.strip()}
    )
    record(by=by, verb="process.named", target=process, name_en=name_en, name_zh=name_zh)
    return process


@transaction.atomic
def set_standard(
    *,
    process: Process,
    seconds_per_unit: Decimal,
    on: dt.date,
    reason: str,
    by: User,
    at: dt.datetime | None = None,
) -> Standard:
    """Sets the standard of a process from `on`; the one in force until then ends.

    Raises MeasureError where it would count backwards into a published period, or where a later
    one is set already.
    """
    _require_manager(by)
    at = at or timezone.now()
    if seconds_per_unit <= 0:
        raise MeasureError(_("A standard must be more than 0 seconds per unit."))
    if not reason.strip():
        raise MeasureError(
            _("Say how the standard was found, for example “time study of 40 units”.")
        )
    _from(process.standards.all(), on)
    standard = Standard.objects.create(
        process=process,
        seconds_per_unit=seconds_per_unit,
        starts_on=on,
        reason=reason.strip(),
        set_at=at,
        set_by=by,
    )
    record(
        by=by, verb="standard.set", target=process, at=at,
        seconds=str(seconds_per_unit), on=on.isoformat(), reason=reason.strip(),
    )  # fmt: skip
    return standard


@transaction.atomic
def end_standard(*, process: Process, on: dt.date, by: User, at: dt.datetime | None = None) -> None:
    """From `on` the process is measured by what the peers took themselves."""
    _require_manager(by)
    at = at or timezone.now()
    if not process.standards.on(on).exists():
        raise MeasureError(_("No standard is in force on that day."))
    _from(process.standards.all(), on)
    record(by=by, verb="standard.ended", target=process, at=at, on=on.isoformat())


@transaction.atomic
def set_weights(
    *,
    role: Role | None,
    throughput: int,
    quality: int,
    competence: int,
    gate: Decimal,
    on: dt.date,
    by: User,
    at: dt.datetime | None = None,
) -> Weights:
    """Sets the weights of a role (None: of every role without its own) from `on`.

    A period is weighed by what is in force on its first day: weights are known before they count.
    """
    _require_manager(by)
    at = at or timezone.now()
    if min(throughput, quality, competence) < 0 or throughput + quality + competence == 0:
        raise MeasureError(_("Weights can't be negative, and at least one must be above zero."))
    if gate <= 0:
        raise MeasureError(_("The error ratio of the gate must be above zero."))
    _from(Weights.objects.filter(role=role), on)
    weights = Weights.objects.create(
        role=role, throughput=throughput, quality=quality, competence=competence, gate=gate,
        starts_on=on, set_at=at, set_by=by,
    )  # fmt: skip
    record(
        by=by, verb="weights.set", target=weights, at=at, role=role.slug if role else None,
        throughput=throughput, quality=quality, competence=competence,
        gate=str(gate), on=on.isoformat(),
    )  # fmt: skip
    return weights


def _from(rows: DatedQuerySet, on: dt.date) -> None:
    """Ends what holds on `on`; raises MeasureError for what would change the past."""
    published = ScoringPeriod.objects.filter(
        state__in=[ScoringPeriod.State.PUBLISHED, ScoringPeriod.State.CLOSED], ends_on__gt=on
    ).first()
    if published is not None:
        raise MeasureError(
            _("%(period)s is published and must not change: choose %(day)s or a later day.")
            % {"period": published.name, "day": published.ends_on.isoformat()}
        )
    if rows.filter(starts_on__gt=on).exists():
        raise MeasureError(_("A later change is set already. Choose a day after it."))
    rows.filter(starts_on=on).delete()
    rows.on(on).update(ends_on=on)


def _require_manager(by: User | None) -> None:
    if by is not None and not permissions.can_manage_periods(by):
        raise NotAllowed(_("Only HR sets standards and weights."))
