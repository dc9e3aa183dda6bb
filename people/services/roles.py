"""Roles, and who holds them from when to when."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from people import signals
from people.audit import record
from people.models import Role, RoleHolding, User
from people.services.common import PeopleError, end, hold_from, lock, require_name


@transaction.atomic
def add_role(*, slug: str, name_en: str = "", name_zh: str = "", by: User | None) -> Role:
    """Raises PeopleError when the code is taken or both names are empty."""
    name_en, name_zh = require_name(name_en, name_zh)
    if Role.objects.filter(slug=slug).exists():
        raise PeopleError(_("The code %(code)s is already in use.") % {"code": slug}, field="slug")
    role = Role.objects.create(slug=slug, name_en=name_en, name_zh=name_zh)
    record(by=by, verb="role.added", target=role)
    return role


@transaction.atomic
def change_role(*, role: Role, name_en: str, name_zh: str, by: User | None) -> None:
    role.name_en, role.name_zh = require_name(name_en, name_zh)
    role.save(update_fields=["name_en", "name_zh"])
    record(by=by, verb="role.changed", target=role)


@transaction.atomic
def start_role(*, person: User, role: Role, on: dt.date, by: User | None) -> RoleHolding:
    """The person holds the role from `on`; one that already holds then is left as it is."""
    if lock(person).left_on is not None:
        raise PeopleError(
            _("%(person)s has left; record the return first.") % {"person": person.name}
        )
    held, changed = hold_from(person.role_holdings.filter(role=role), on, person=person, role=role)
    if changed:
        record(by=by, verb="role.started", target=person, role=role.slug, on=on.isoformat())
        signals.role_changed.send(RoleHolding, person=person, role=role, holds=True, on=on, by=by)
    return held


@transaction.atomic
def end_role(*, person: User, role: Role, on: dt.date, by: User | None) -> None:
    """`on` is the first day without the role. Raises PeopleError when it isn't held then."""
    lock(person)
    held = [*person.role_holdings.filter(role=role).overlapping(on, None)]
    if not held:
        raise PeopleError(
            _("%(person)s does not hold the role %(role)s.")
            % {"person": person.name, "role": role.name}
        )
    for holding in held:
        end(holding, on)
    record(by=by, verb="role.ended", target=person, role=role.slug, on=on.isoformat())
    signals.role_changed.send(RoleHolding, person=person, role=role, holds=False, on=on, by=by)
