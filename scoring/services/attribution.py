"""A person's word on who made an error that no rule could charge; always undoable, never edited."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from people.audit import record
from people.models import Team, User
from scoring import aggregate, permissions
from scoring.models import AttributionDecision, LedgerState, PersonKey
from scoring.queries import current_snapshot, decision_on, errors_open_to

Verdict = AttributionDecision.Verdict


class DecisionRefused(Exception):
    """The decision can't stand; the message says why."""


def assign(
    *, error_event: str, maker: User, reason: str, by: User, at: dt.datetime
) -> AttributionDecision:
    """`maker` made the error. Raises DecisionRefused.

    Never whoever logged it: finding an error must cost nobody anything. A lead decides about the
    own team's people only.
    """
    error = _open_error(error_event, by)
    key, _made = PersonKey.objects.get_or_create(person=maker)
    if error["found_by"] == key.key.hex:
        raise DecisionRefused(
            _("%(person)s logged this error. Who finds an error is not charged with it.")
            % {"person": maker.name}
        )
    if not can_charge(by, maker, error["found_day"].date()):
        raise DecisionRefused(
            _("%(person)s is not in a team that you lead. Ask HR to decide.")
            % {"person": maker.name}
        )
    return _decide(error_event, Verdict.ASSIGNED, reason, by=by, at=at, key=key)


def charge_nobody(
    *, error_event: str, reason: str, by: User, at: dt.datetime
) -> AttributionDecision:
    """The error counts for nobody, as nobody made it or can be found. Raises DecisionRefused."""
    _open_error(error_event, by)
    if not permissions.can_import(by):
        raise DecisionRefused(_("Only HR can decide that an error counts for nobody."))
    return _decide(error_event, Verdict.NOBODY, reason, by=by, at=at)


def undo(*, decision: AttributionDecision, reason: str, by: User, at: dt.datetime) -> None:
    """The error goes back to what the rules say. Raises DecisionRefused."""
    latest = decision_on(decision.error_event)
    if latest != decision or decision.verdict == Verdict.UNDONE:
        raise DecisionRefused(_("This decision has been replaced or taken back meanwhile."))
    if not can_undo(by, decision):
        raise DecisionRefused(_("Only HR or whoever decided can take a decision back."))
    _decide(decision.error_event, Verdict.UNDONE, reason, by=by, at=at)


def can_charge(user: User, maker: User, day: dt.date) -> bool:
    """HR may charge anybody; a lead those who were in a team of the lead's on that day."""
    if permissions.can_import(user):
        return True
    return User.objects.members_of(Team.objects.led_by(user), day).filter(pk=maker.pk).exists()


def can_undo(user: User, decision: AttributionDecision) -> bool:
    return permissions.can_import(user) or decision.decided_by_id == user.pk


def _open_error(error_event: str, by: User) -> dict:
    """The error, if it waits for a decision that `by` may take."""
    found = aggregate.open_errors(
        current_snapshot(), among=errors_open_to(by), error_event=error_event
    )
    if found.empty or not permissions.can_assign_errors(by):
        raise DecisionRefused(_("This error does not wait for a decision of yours any more."))
    return found.iloc[0].to_dict()


@transaction.atomic
def _decide(
    error_event: str,
    verdict: Verdict,
    reason: str,
    *,
    by: User,
    at: dt.datetime,
    key: PersonKey | None = None,
) -> AttributionDecision:
    if not reason.strip():
        raise DecisionRefused(_("Give a reason, so that the person can understand the decision."))
    # a decision changes what a snapshot says, so it moves the ledger's version
    LedgerState.objects.get_or_create(pk=1)
    LedgerState.objects.filter(pk=1).update(version=F("version") + 1)
    decision = AttributionDecision.objects.create(
        error_event=error_event,
        verdict=verdict,
        maker=key.key if key else None,
        reason=reason.strip(),
        decided_by=by,
        decided_at=at,
    )
    record(by=by, at=at, verb=f"error.{verdict}", target=decision, error_event=error_event)
    return decision
