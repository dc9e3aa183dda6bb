"""Who edits a section follows from who leads the team, in every place of the tree."""

import pytest
from django.utils import timezone

from people import groups, services
from people.models import Team, User
from sop.models import SOPPage
from tests.cast import Cast
from tests.sop.make import a_draft

pytestmark = pytest.mark.django_db


def edits(person: User, page: SOPPage) -> bool:
    return page.permissions_for_user(User.objects.get(pk=person.pk)).can_edit()


def night_shift(cast: Cast) -> tuple[Team, SOPPage]:
    night = services.add_team(slug="night", name_en="Night", parent=cast.pickers, by=None)
    return night, a_draft(cast, "PK-07", team=night, by=cast.ada)


def test_a_lead_edits_the_sections_of_the_teams_below(cast: Cast) -> None:
    _night, page = night_shift(cast)
    assert edits(cast.lena, page)
    assert not edits(cast.leo, page)


def test_a_team_that_moves_takes_its_section_along(cast: Cast) -> None:
    night, page = night_shift(cast)
    services.change_team(team=night, name_en="Night", name_zh="", parent=cast.packers, by=cast.hua)
    assert not edits(cast.lena, page)
    assert edits(cast.leo, page)


def test_new_groups_of_a_lead_take_nothing_from_the_section(cast: Cast) -> None:
    page = a_draft(cast)
    services.set_groups(person=cast.lena, names={groups.APPROVERS}, by=cast.hua)
    assert edits(cast.lena, page)
    lena = User.objects.get(pk=cast.lena.pk)
    assert {groups.STAFF, groups.TEAM_LEADS, groups.APPROVERS} < lena.group_names


def test_the_section_closes_with_the_lead(cast: Cast) -> None:
    page = a_draft(cast)
    services.end_team_lead(
        team=cast.pickers, person=cast.lena, on=timezone.localdate(), by=cast.hua
    )
    assert not edits(cast.lena, page)
