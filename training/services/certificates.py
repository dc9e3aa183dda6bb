"""Certificates: only ever added to. A renewal is another row, a revocation a row beside it."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.audit import record
from people.models import User
from people.queries import roles_of
from training.models import Assignment, Attempt, Certification, Module, ModuleVersion, Revocation
from training.services.duties import assign_for_role
from training.services.errors import TrainingError


@transaction.atomic
def certify(
    *,
    person: User,
    module: Module,
    by: User | None,
    at: dt.datetime | None = None,
    version: ModuleVersion | None = None,
    attempt: Attempt | None = None,
    note: str = "",
) -> Certification:
    """Issues a certificate from the day of `at` and fulfils the person's open assignment.

    It runs for the validity of `version`, the module's approved version in force if not given.
    An attempt gives one certificate: asked again, the same one is returned.
    """
    at = at or timezone.now()
    version = version or module.version
    day = timezone.localtime(at).date()
    if attempt is not None:
        issued = Certification.objects.filter(attempt=attempt).first()
        if issued is not None:
            return issued
    certification = Certification.objects.create(
        person=person,
        module=module,
        version=version,
        attempt=attempt,
        issued_at=at,
        issued_by=None if attempt is not None else by,
        note=note,
        valid_from=day,
        expires_on=add_months(day, version.validity_months) if version.validity_months else None,
    )
    Assignment.objects.open().filter(person=person, module=module).update(done_at=at)
    record(
        by=by,
        verb="certificate.issued",
        target=certification,
        at=at,
        attempt=str(attempt.pk) if attempt else None,
        expires_on=certification.expires_on.isoformat() if certification.expires_on else None,
    )
    return certification


@transaction.atomic
def revoke(
    *, certification: Certification, reason: str, by: User, at: dt.datetime | None = None
) -> Revocation:
    """Ends a certificate at once; it stays in the history with the reason.

    What the person's roles ask for is due again.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise TrainingError(_("Say why the certificate is revoked."))
    try:
        with transaction.atomic():
            revocation = Revocation.objects.create(
                certification=certification,
                revoked_on=timezone.localtime(at).date(),
                revoked_at=at,
                revoked_by=by,
                reason=reason.strip(),
            )
    except IntegrityError:
        raise TrainingError(_("This certificate was already revoked.")) from None
    record(by=by, verb="certificate.revoked", target=certification, at=at, reason=reason.strip())
    person = certification.person
    for role in roles_of(person, timezone.localtime(at).date()):
        assign_for_role(person=person, role=role, by=by, at=at)
    return revocation


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the last day of that month: 31 January + 1 = 28 February."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    first_of_next = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = first_of_next - dt.timedelta(days=1)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1), last)
