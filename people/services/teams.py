"""Teams, who belongs to them, and who leads them.

A lead's rights follow from the dated membership: `sync_lead` makes django-guardian's grants and
the group equal to it, and tells the layers above, so the two cannot drift apart.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from people import groups, signals
from people.audit import record
from people.models import Membership, Team, TeamUserObjectPermission, User
from people.services.common import PeopleError, end, hold_from, lock, require_name

LEAD_PERMISSIONS = ("lead_team", "view_team_scorecards")
MEMBER, LEAD = Membership.Kind.MEMBER, Membership.Kind.LEAD


@transaction.atomic
def add_team(
    *,
    slug: str,
    name_en: str = "",
    name_zh: str = "",
    parent: Team | None = None,
    by: User | None,
) -> Team:
    """Raises PeopleError when the code is taken or both names are empty."""
    name_en, name_zh = require_name(name_en, name_zh)
    if Team.objects.filter(slug=slug).exists():
        raise PeopleError(_("The code %(code)s is already in use.") % {"code": slug}, field="slug")
    team = Team.objects.create(slug=slug, name_en=name_en, name_zh=name_zh, parent=parent)
    record(by=by, verb="team.added", target=team)
    signals.team_created.send(Team, team=team, by=by)
    return team


@transaction.atomic
def change_team(
    *,
    team: Team,
    name_en: str,
    name_zh: str,
    parent: Team | None,
    is_active: bool = True,
    by: User | None,
) -> None:
    """Raises PeopleError for a tree that would go in a circle, or closing a team with people."""
    names = require_name(name_en, name_zh)
    below = Team.objects.filter(pk=team.pk).with_descendants()
    if parent is not None and below.filter(pk=parent.pk).exists():
        raise PeopleError(
            _("%(team)s can't be part of %(parent)s, which is itself below it.")
            % {"team": team.name, "parent": parent.name}
        )
    if not is_active and team.memberships.overlapping(timezone.localdate(), None).exists():
        raise PeopleError(
            _("%(team)s still has people; move them before closing it.") % {"team": team.name}
        )
    moved = team.parent_id != (parent.pk if parent else None)
    team.name_en, team.name_zh = names
    team.parent, team.is_active = parent, is_active
    team.save(update_fields=["name_en", "name_zh", "parent", "is_active"])
    record(
        by=by,
        verb="team.changed",
        target=team,
        name_en=names[0],
        name_zh=names[1],
        parent=parent.slug if parent else None,
        is_active=is_active,
    )
    if moved:
        signals.team_moved.send(Team, team=team, by=by)


@transaction.atomic
def join_team(*, person: User, team: Team, on: dt.date, by: User | None) -> Membership:
    """Makes `team` the home team from `on`; any other home team ends on that day."""
    if lock(person).left_on is not None:
        raise PeopleError(
            _("%(person)s has left; record the return first.") % {"person": person.name}
        )
    if not team.is_active:
        raise PeopleError(_("The team %(team)s is closed.") % {"team": team.name})
    homes = person.memberships.filter(kind=MEMBER)
    for other in homes.overlapping(on, None).exclude(team=team):
        end(other, on)
    held, changed = hold_from(homes.filter(team=team), on, person=person, team=team)
    if changed:
        record(by=by, verb="team.joined", target=person, team=team.slug, on=on.isoformat())
    return held


@transaction.atomic
def set_team_lead(*, team: Team, person: User, on: dt.date, by: User | None) -> Membership:
    """The person leads the team from `on`; rights come with that day, at once when it is past."""
    if lock(person).left_on is not None:
        raise PeopleError(
            _("%(person)s has left; record the return first.") % {"person": person.name}
        )
    leads = team.memberships.filter(person=person, kind=LEAD)
    held, changed = hold_from(leads, on, person=person, team=team, kind=LEAD)
    if changed:
        record(
            by=by,
            verb="lead.set",
            target=team,
            person=person.pk,
            who=str(person),
            on=on.isoformat(),
        )
        sync_lead(team=team, person=person, by=by)
    return held


@transaction.atomic
def end_team_lead(*, team: Team, person: User, on: dt.date, by: User | None) -> None:
    """Withdraws on that day, at once when it is past, at every door, what leading granted."""
    lock(person)
    held = [*team.memberships.filter(person=person, kind=LEAD).overlapping(on, None)]
    if not held:
        raise PeopleError(
            _("%(person)s does not lead the team %(team)s.")
            % {"person": person.name, "team": team.name}
        )
    for membership in held:
        end(membership, on)
    record(
        by=by, verb="lead.ended", target=team, person=person.pk, who=str(person), on=on.isoformat()
    )
    sync_lead(team=team, person=person, by=by)


def sync_lead(*, team: Team, person: User, by: User | None) -> bool:
    """Makes the rights equal to the membership of today; returns whether they changed."""
    today = timezone.localdate()
    leading = person.memberships.on(today).filter(kind=LEAD)
    leads = leading.filter(team=team).exists()
    granted = TeamUserObjectPermission.objects.filter(
        user=person, content_object=team, permission__codename="lead_team"
    ).exists()
    if leads == granted:
        return False
    change = assign_perm if leads else remove_perm
    for permission in LEAD_PERMISSIONS:
        change(f"people.{permission}", person, team)
    group = Group.objects.get(name=groups.TEAM_LEADS)
    if leading.exists():
        person.groups.add(group)
    else:
        person.groups.remove(group)
    signals.lead_changed.send(Team, team=team, person=person, leads=leads, by=by)
    return True


def _record_lead(verb: str, team: Team, person: User, on: dt.date, by: User | None) -> None:
    record(by=by, verb=verb, target=team, person=person.pk, who=str(person), on=on.isoformat())
