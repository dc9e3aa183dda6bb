"""The names under which the store's systems know a person."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from people.audit import record
from people.models import SourceAccount, User
from people.services.common import PeopleError, end, lock


@transaction.atomic
def link_account(
    *,
    person: User,
    system: str,
    account: str,
    on: dt.date,
    by: User | None,
    ends_on: dt.date | None = None,
) -> SourceAccount:
    """Says that a badge or login was the person's in `[on, ends_on)`.

    Joined with the person's own periods that it touches; raises PeopleError when the account
    was another's on any of these days.
    """
    lock(person)
    account = account.strip()
    if ends_on is not None and ends_on <= on:
        raise PeopleError(_("The end must be later than the start."), field="ends_on")
    rows = (
        SourceAccount.objects.select_for_update(of=("self",))
        .filter(system=system, account=account)
        .overlapping(on, ends_on)
        .select_related("person")
    )
    if clash := rows.exclude(person=person).first():
        raise PeopleError(
            _("%(system)s account %(account)s belongs to %(person)s then; end that first.")
            % {"system": system, "account": account, "person": clash.person},
            field="account",
        )
    own = [*rows.filter(person=person).order_by("starts_on")]
    start = min([on, *(row.starts_on for row in own)])
    ends = [ends_on, *(row.ends_on for row in own)]
    stop = None if None in ends else max(ends)
    if len(own) == 1 and (own[0].starts_on, own[0].ends_on) == (start, stop):
        return own[0]
    for row in own:
        row.delete()
    linked = SourceAccount.objects.create(
        person=person, system=system, account=account, starts_on=start, ends_on=stop
    )
    record(
        by=by,
        verb="account.linked",
        target=person,
        system=system,
        account=account,
        on=start.isoformat(),
        ends_on=stop.isoformat() if stop else None,
    )
    return linked


@transaction.atomic
def end_account(*, linked: SourceAccount, on: dt.date, by: User | None) -> None:
    """`on` is the first day on which the account is no longer the person's."""
    linked = SourceAccount.objects.select_for_update(of=("self",)).get(pk=linked.pk)
    if linked.ends_on is not None and linked.ends_on <= on:
        raise PeopleError(_("This account has already ended on that day."))
    record(
        by=by,
        verb="account.ended",
        target=linked.person,
        system=linked.system,
        account=linked.account,
        on=on.isoformat(),
    )
    end(linked, on)
