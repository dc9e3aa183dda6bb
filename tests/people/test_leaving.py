"""Coming and going: what ends, what closes, what stays."""

import datetime as dt

import pytest
from django.utils import timezone

from people import services
from people.models import Team, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def today() -> dt.date:
    return timezone.localdate()


def test_a_leaver_keeps_the_history_and_loses_the_rest(cast: Cast) -> None:
    services.link_account(
        person=cast.lena, system="wms", account="L-1", on=dt.date(2024, 1, 1), by=cast.hua
    )
    services.leave(person=cast.lena, on=today(), by=cast.hua)
    lena = User.objects.get(pk=cast.lena.pk)
    assert not lena.is_active
    assert not lena.has_usable_password()
    assert not Team.objects.led_by(lena).exists()
    ends = {held.ends_on for held in [*lena.memberships.all(), *lena.source_accounts.all()]}
    assert ends == {today()}


def test_an_open_session_ends_with_leaving(cast: Cast, sign_in) -> None:
    client = sign_in(cast.noor)
    assert client.get("/accounts/password/change/").status_code == 200
    services.leave(person=cast.noor, on=today(), by=cast.hua)
    response = client.get("/accounts/password/change/")
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_planned_leaver_works_until_the_day(cast: Cast, sign_in, time_machine) -> None:
    services.leave(person=cast.noor, on=today() + dt.timedelta(days=1), by=cast.hua)
    client = sign_in(cast.noor)
    assert client.get("/accounts/password/change/").status_code == 200

    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    assert client.get("/accounts/password/change/").status_code == 302  # without any sweep
    services.apply_dates()
    assert not User.objects.get(pk=cast.noor.pk).is_active


def test_nobody_leaves_twice_or_before_joining(cast: Cast) -> None:
    with pytest.raises(services.PeopleError, match="after the day of joining"):
        services.leave(person=cast.noor, on=dt.date(2024, 1, 1), by=cast.hua)
    services.leave(person=cast.noor, on=today(), by=cast.hua)
    with pytest.raises(services.PeopleError, match="already left"):
        services.leave(person=cast.noor, on=today(), by=cast.hua)


def test_a_leaver_joins_nothing_until_the_return_is_recorded(cast: Cast) -> None:
    services.leave(person=cast.noor, on=today(), by=cast.hua)
    with pytest.raises(services.PeopleError, match="has left"):
        services.join_team(person=cast.noor, team=cast.packers, on=today(), by=cast.hua)
    services.rehire(person=cast.noor, on=today(), by=cast.hua)
    services.join_team(person=cast.noor, team=cast.packers, on=today(), by=cast.hua)
    noor = User.objects.get(pk=cast.noor.pk)
    assert noor.is_active
    assert (noor.hired_on, noor.left_on) == (today(), None)
    assert not noor.has_usable_password()  # the old password does not come back


def test_hr_can_not_take_over_an_administrator(cast: Cast) -> None:
    for closed in (False, True):
        if closed:
            services.allow_sign_in(person=cast.ada, allowed=False, by=None)
        ada = User.objects.get(pk=cast.ada.pk)
        with pytest.raises(services.NotAllowed):
            services.issue_sign_in_code(person=ada, by=cast.hua)
        with pytest.raises(services.NotAllowed):
            services.change_person(
                person=ada,
                name="Ada",
                email="hua@example.com",
                language="en",
                hired_on=None,
                by=cast.hua,
            )
        with pytest.raises(services.NotAllowed):
            services.allow_sign_in(person=ada, allowed=True, by=cast.hua)
        with pytest.raises(services.NotAllowed):
            services.leave(person=ada, on=today(), by=cast.hua)


def test_hr_grants_neither_her_own_groups_nor_those_above(cast: Cast) -> None:
    with pytest.raises(services.NotAllowed):
        services.set_groups(person=cast.hua, names={"HR", "Administrators"}, by=cast.hua)
    with pytest.raises(services.NotAllowed):
        services.set_groups(person=cast.noor, names={"Administrators"}, by=cast.hua)
    services.set_groups(person=cast.noor, names={"Approvers"}, by=cast.hua)
    assert User.objects.get(pk=cast.noor.pk).group_names == {"Staff", "Approvers"}


def test_two_people_never_share_a_number_whatever_its_case_or_width(cast: Cast) -> None:
    with pytest.raises(services.PeopleError, match="already in use"):
        services.add_person(employee_number="ｐ１", name="Other", by=cast.hua)
    with pytest.raises(services.PeopleError, match="letters, digits"):
        services.add_person(employee_number="a@b.c", name="Other", by=cast.hua)
