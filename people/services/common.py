"""What the services of people share: their errors, and how dated facts begin and end."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from people.models import DatedQuerySet, Membership, RoleHolding, SourceAccount, User

Held = TypeVar("Held", Membership, RoleHolding, SourceAccount)


class PeopleError(Exception):
    """A change that would make the record of people untrue; the message says what to mend.

    `field` names the argument of the service that is at fault, where it is one of them.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(PeopleError):
    """The actor may not make this change to this person."""


def lock(person: User) -> User:
    """The person's row, locked until the transaction ends, so that two changes don't cross."""
    return User.objects.select_for_update().get(pk=person.pk)


def require_name(name_en: str, name_zh: str) -> tuple[str, str]:
    names = name_en.strip(), name_zh.strip()
    if not any(names):
        raise PeopleError(_("Give a name in English, in Chinese, or in both."))
    return names


def end(held: Membership | RoleHolding | SourceAccount, on: dt.date) -> None:
    """Ends a dated fact; one that would end on its first day never held, so it goes."""
    if on <= held.starts_on:
        held.delete()
    else:
        held.ends_on = on
        held.save(update_fields=["ends_on"])


def hold_from(rows: DatedQuerySet, on: dt.date, **fields: object) -> tuple[Any, bool]:
    """Makes the fact hold from `on` without an end; `rows` are this same fact's periods.

    Periods that touch `[on, ...)` are joined into one, so that the fact never overlaps itself.
    Returns the row and whether anything changed.
    """
    first, *later = [*rows.overlapping(on, None).order_by("starts_on")] or [None]
    if first is None:
        return rows.model.objects.create(starts_on=on, **fields), True
    if first.starts_on <= on and first.ends_on is None:
        return first, False
    for row in later:  # before `first` opens: only one open row is allowed
        row.delete()
    first.starts_on = min(first.starts_on, on)
    first.ends_on = None
    first.save(update_fields=["starts_on", "ends_on"])
    return first, True
