"""Dated facts: who was where when, and the rights that follow from it."""

import datetime as dt

import pytest
from django.utils import timezone

from kit import jobs
from people import services
from people.models import Membership, RoleHolding, Team, User
from people.queries import lead_of, roles_of, team_of
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db

MARCH, MAY = dt.date(2024, 3, 1), dt.date(2024, 5, 1)


def periods(rows) -> list[tuple[dt.date, dt.date | None]]:
    return list(rows.order_by("starts_on").values_list("starts_on", "ends_on"))


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def test_a_move_ends_the_team_before_on_the_same_day(cast: Cast) -> None:
    services.join_team(person=cast.noor, team=cast.packers, on=MAY, by=cast.hua)
    assert team_of(cast.noor, dt.date(2024, 4, 30)) == cast.pickers
    assert team_of(cast.noor, MAY) == cast.packers


def test_a_move_recorded_late_leaves_one_team_for_every_day(cast: Cast) -> None:
    services.join_team(person=cast.noor, team=cast.packers, on=MAY, by=cast.hua)
    night = services.add_team(slug="night", name_en="Night", by=cast.hua)
    services.join_team(person=cast.noor, team=night, on=MARCH, by=cast.hua)
    assert periods(Membership.objects.filter(person=cast.noor)) == [(SINCE, MARCH), (MARCH, None)]


def test_joining_the_same_team_again_changes_nothing(cast: Cast) -> None:
    services.join_team(person=cast.noor, team=cast.pickers, on=MAY, by=cast.hua)
    assert periods(cast.noor.memberships.all()) == [(SINCE, None)]


def test_a_role_started_earlier_than_recorded_is_one_holding(cast: Cast) -> None:
    services.end_role(person=cast.noor, role=cast.picker, on=MARCH, by=cast.hua)
    services.start_role(person=cast.noor, role=cast.picker, on=MAY, by=cast.hua)
    services.start_role(person=cast.noor, role=cast.picker, on=dt.date(2024, 2, 1), by=cast.hua)
    assert periods(RoleHolding.objects.filter(person=cast.noor)) == [(SINCE, None)]


def test_a_role_that_ended_and_began_again_keeps_both_periods(cast: Cast) -> None:
    services.end_role(person=cast.noor, role=cast.picker, on=MARCH, by=cast.hua)
    services.start_role(person=cast.noor, role=cast.picker, on=MAY, by=cast.hua)
    assert periods(cast.noor.role_holdings.all()) == [(SINCE, MARCH), (MAY, None)]
    assert roles_of(cast.noor, dt.date(2024, 4, 1)) == []


def test_a_fact_that_ends_on_its_first_day_never_was(cast: Cast) -> None:
    services.end_role(person=cast.noor, role=cast.picker, on=SINCE, by=cast.hua)
    assert not cast.noor.role_holdings.exists()
    with pytest.raises(services.PeopleError, match="does not hold"):
        services.end_role(person=cast.noor, role=cast.picker, on=SINCE, by=cast.hua)


def test_the_lead_of_a_lead_is_the_lead_above(cast: Cast) -> None:
    night = services.add_team(slug="night", name_en="Night", parent=cast.pickers, by=None)
    services.join_team(person=cast.pia, team=night, on=MARCH, by=cast.hua)
    services.set_team_lead(person=cast.pia, team=night, on=MARCH, by=cast.hua)
    assert lead_of(cast.pia, MAY) == cast.lena
    assert lead_of(cast.lena, MAY) is None


def test_a_planned_lead_has_no_rights_before_the_day(cast: Cast, time_machine) -> None:
    services.set_team_lead(team=cast.packers, person=cast.noor, on=tomorrow(), by=cast.hua)
    assert not Team.objects.led_by(cast.noor).exists()

    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    assert services.apply_dates() == 1
    assert set(Team.objects.led_by(cast.noor)) == {cast.packers}
    assert services.apply_dates() == 0


def test_a_planned_end_of_leading_keeps_the_rights_until_the_day(cast: Cast, time_machine) -> None:
    services.end_team_lead(team=cast.pickers, person=cast.lena, on=tomorrow(), by=cast.hua)
    assert cast.lena.has_perm("people.lead_team", cast.pickers)

    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    jobs.do_daily()  # as the worker does
    lena = User.objects.get(pk=cast.lena.pk)
    assert not lena.has_perm("people.lead_team", cast.pickers)
    assert "Team leads" not in lena.group_names


def test_leading_a_second_team_keeps_the_group_when_the_first_ends(cast: Cast) -> None:
    services.set_team_lead(team=cast.packers, person=cast.lena, on=MARCH, by=cast.hua)
    services.end_team_lead(team=cast.pickers, person=cast.lena, on=MAY, by=cast.hua)
    lena = User.objects.get(pk=cast.lena.pk)
    assert set(Team.objects.led_by(lena)) == {cast.packers}
    assert "Team leads" in lena.group_names


def test_a_team_tree_never_goes_in_a_circle(cast: Cast) -> None:
    night = services.add_team(slug="night", name_en="Night", parent=cast.pickers, by=None)
    with pytest.raises(services.PeopleError, match="part of"):
        services.change_team(
            team=cast.pickers, name_en="Picking", name_zh="", parent=night, by=cast.hua
        )


def test_a_team_with_people_is_not_closed(cast: Cast) -> None:
    with pytest.raises(services.PeopleError, match="still has people"):
        services.change_team(
            team=cast.pickers,
            name_en="Picking",
            name_zh="",
            parent=None,
            is_active=False,
            by=cast.hua,
        )


def test_two_periods_of_one_badge_that_meet_become_one(cast: Cast) -> None:
    def link(start: dt.date, end: dt.date | None) -> None:
        services.link_account(
            person=cast.noor, system="wms", account="007", on=start, ends_on=end, by=cast.hua
        )

    link(SINCE, MAY)
    link(MARCH, None)
    assert periods(cast.noor.source_accounts.all()) == [(SINCE, None)]


def test_a_badge_stays_anothers_when_the_joined_period_would_overlap(cast: Cast) -> None:
    services.link_account(
        person=cast.noor, system="wms", account="007", on=MARCH, ends_on=MAY, by=cast.hua
    )
    with pytest.raises(services.PeopleError, match="Noor"):
        services.link_account(person=cast.wei, system="wms", account="007", on=SINCE, by=cast.hua)
    assert not cast.wei.source_accounts.exists()
