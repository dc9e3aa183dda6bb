"""Who may see whom."""

import datetime as dt

import pytest
from django.utils import timezone

from people import services
from people.models import Team, User
from people.permissions import can_view_person
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_person_sees_only_the_own_record(cast: Cast) -> None:
    assert set(User.objects.visible_to(cast.noor)) == {cast.noor}


def test_a_lead_sees_the_team_and_nobody_elses(cast: Cast) -> None:
    assert set(User.objects.visible_to(cast.lena)) == {cast.lena, cast.noor, cast.wei}


@pytest.mark.parametrize("who", ["hua", "mei", "otto", "ada"])
def test_hr_managers_auditors_and_administrators_see_everybody(cast: Cast, who: str) -> None:
    assert User.objects.visible_to(getattr(cast, who)).count() == User.objects.count()


def test_a_lead_of_a_team_leads_the_teams_below_it(cast: Cast) -> None:
    night = services.add_team(slug="night", name_en="Night", parent=cast.pickers, by=None)
    assert set(Team.objects.led_by(cast.lena)) == {cast.pickers, night}


def test_ending_a_lead_withdraws_the_right_at_once(cast: Cast) -> None:
    services.end_team_lead(
        team=cast.pickers, person=cast.lena, on=timezone.localdate(), by=cast.hua
    )
    lena = User.objects.get(pk=cast.lena.pk)
    assert not can_view_person(lena, cast.noor)
    assert not lena.has_perm("people.lead_team", cast.pickers)
    assert "Team leads" not in lena.group_names


def test_a_leaver_sees_nothing(cast: Cast) -> None:
    services.leave(person=cast.noor, on=timezone.localdate(), by=cast.hua)
    assert not User.objects.visible_to(User.objects.get(pk=cast.noor.pk)).exists()


def test_a_badge_belongs_to_one_person_at_a_time(cast: Cast) -> None:
    def link(person: User, start: dt.date, end: dt.date | None = None) -> None:
        services.link_account(
            person=person, system="wms", account="007", on=start, ends_on=end, by=cast.hua
        )

    link(cast.noor, dt.date(2024, 1, 1), dt.date(2024, 6, 1))
    link(cast.wei, dt.date(2024, 6, 1))
    with pytest.raises(services.PeopleError, match="007"):
        link(cast.pia, dt.date(2024, 5, 31), dt.date(2024, 6, 2))
