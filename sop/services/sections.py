"""A team's section of the page tree: made with the team, opened and closed with its leads."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale

from people.audit import record
from people.models import Team, User
from sop.models import SOPIndexPage, SOPRootPage, TeamSection

PAGE_RIGHTS = ("add", "change")
PICTURE_RIGHTS = ("add_image", "change_image", "choose_image")


@transaction.atomic
def create_section(*, team: Team, by: User | None) -> TeamSection:
    """Pages in every language, one group that edits them, one folder of pictures.

    Teams that are there already get what they lack, so it may be called again.
    """
    section = TeamSection.objects.filter(team=team).first()
    if section is None:
        section = TeamSection.objects.create(
            team=team,
            group=Group.objects.create(name=f"Team {team.slug} editors"),
            collection=Collection.get_first_root_node().add_child(name=f"Team {team.slug}"),
        )
        for right in PICTURE_RIGHTS:
            GroupCollectionPermission.objects.create(
                group=section.group,
                collection=section.collection,
                permission=Permission.objects.get(
                    content_type__app_label="wagtailimages", codename=right
                ),
            )
        record(by=by, verb="section.created", target=team)
    _add_pages(section)
    for lead in User.objects.filter(memberships__in=team.memberships.open()).distinct():
        sync_editors(person=lead)
    return section


def _add_pages(section: TeamSection) -> None:
    there = {page.locale_id: page for page in SOPIndexPage.objects.filter(team=section.team)}
    key = next(iter(there.values())).translation_key if there else uuid.uuid4()
    roots = {root.locale_id: root for root in SOPRootPage.objects.all()}
    for locale in Locale.objects.all():
        if locale.pk in there or locale.pk not in roots:
            continue
        page = roots[locale.pk].add_child(
            instance=SOPIndexPage(
                title=section.team.name_in(locale.language_code) or section.team.slug,
                slug=section.team.slug,
                team=section.team,
                locale=locale,
                translation_key=key,
            )
        )
        for right in PAGE_RIGHTS:
            GroupPagePermission.objects.create(
                group=section.group, page=page, permission_type=right
            )


@transaction.atomic
def sync_editors(*, person: User) -> None:
    """Puts the person into the groups of exactly the teams led, those below included."""
    wanted = set(
        TeamSection.objects.filter(team__in=Team.objects.led_by(person)).values_list(
            "group", flat=True
        )
    )
    held = set(
        person.groups.filter(pk__in=TeamSection.objects.values("group")).values_list(
            "pk", flat=True
        )
    )
    person.groups.add(*(wanted - held))
    person.groups.remove(*(held - wanted))
