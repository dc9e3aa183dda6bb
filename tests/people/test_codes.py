"""One-time codes: HR hands one out, the person sets a password with it, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from people import services
from people.models import AuditRecord, SignInCode, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NEW = "a new battery"


@pytest.fixture
def code(cast: Cast) -> str:
    return services.issue_sign_in_code(person=cast.noor, by=cast.hua).code


def redeem(code: str, number: str = "P1", password: str = NEW, **extra: object) -> User:
    return services.redeem_sign_in_code(
        employee_number=number, code=code, password=password, **extra
    )


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_code_sets_the_password_once(cast: Cast, code: str) -> None:
    assert redeem(code).check_password(NEW)
    with pytest.raises(services.CodeRefused):
        redeem(code, password="another battery")
    assert User.objects.get(pk=cast.noor.pk).check_password(NEW)


def test_the_code_itself_is_written_down_nowhere(cast: Cast, code: str) -> None:
    redeem(code)
    kept = [*SignInCode.objects.values(), *AuditRecord.objects.values()]
    assert code not in str(kept)
    verbs = AuditRecord.objects.filter(verb__startswith="sign_in_code")
    assert {(row.verb, row.actor) for row in verbs} == {
        ("sign_in_code.issued", cast.hua), ("sign_in_code.used", cast.noor),
    }  # fmt: skip


def test_a_code_is_read_as_people_type_it(code: str) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert redeem(f" {wide[:4]}-{wide[4:]} ", number="ｐ１").check_password(NEW)


def test_five_wrong_tries_end_a_code(code: str) -> None:
    for _ in range(5):
        with pytest.raises(services.CodeRefused):
            redeem(other(code))
    with pytest.raises(services.CodeRefused):
        redeem(code)


def test_a_weak_password_costs_no_try(code: str) -> None:
    for _ in range(6):
        with pytest.raises(ValidationError):
            redeem(code, password="12345678")
    assert redeem(code).check_password(NEW)


def test_a_code_lives_for_72_hours(cast: Cast) -> None:
    now = timezone.now()
    code = services.issue_sign_in_code(person=cast.noor, by=cast.hua, at=now).code
    with pytest.raises(services.CodeRefused):
        redeem(code, at=now + dt.timedelta(hours=72))
    assert redeem(code, at=now + dt.timedelta(hours=71, minutes=59))


def test_a_new_code_ends_the_one_before(cast: Cast, code: str) -> None:
    second = services.issue_sign_in_code(person=cast.noor, by=cast.hua).code
    if second != code:
        with pytest.raises(services.CodeRefused):
            redeem(code)
    assert redeem(second)


def test_a_code_opens_only_its_own_account(code: str) -> None:
    with pytest.raises(services.CodeRefused):
        redeem(code, number="P3")
    with pytest.raises(services.CodeRefused):
        redeem(code, number="nobody")


def test_leaving_ends_the_code(cast: Cast, code: str) -> None:
    services.leave(person=cast.noor, on=timezone.localdate(), by=cast.hua)
    with pytest.raises(services.CodeRefused):
        redeem(code)
    with pytest.raises(services.PeopleError, match="closed"):
        services.issue_sign_in_code(person=User.objects.get(pk=cast.noor.pk), by=cast.hua)


def test_only_hr_and_administrators_issue_codes(cast: Cast) -> None:
    for person in (cast.lena, cast.mei, cast.otto, cast.ping, cast.noor):
        with pytest.raises(services.NotAllowed):
            services.issue_sign_in_code(person=cast.noor, by=person)


def post(client: Client, **values: str):
    data = {"employee_number": "P1", "password1": NEW, "password2": NEW, **values}
    return client.post("/people/code/", data)


def test_a_new_person_signs_in_with_number_and_code(cast: Cast, code: str, client: Client) -> None:
    assert 'value="P1"' in client.get("/people/code/?number=P1").content.decode()
    response = post(client, code=code)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.noor.pk)
    assert client.get("/people/code/").status_code == 302


def test_the_page_says_the_same_for_every_refusal(cast: Cast, code: str, client: Client) -> None:
    pages = {
        str(post(client, **values).context["form"].errors)
        for values in (
            {"code": other(code)},
            {"code": code, "employee_number": "nobody"},
            {"code": code, "employee_number": "P3"},
        )
    }
    assert len(pages) == 1
    assert "Ask HR" in pages.pop()
    assert "_auth_user_id" not in client.session


def test_different_passwords_and_weak_ones_are_named(code: str, client: Client) -> None:
    assert "not the same" in post(client, code=code, password2="other battery").content.decode()
    weak = post(client, code=code, password1="12345678", password2="12345678")
    assert "entirely numeric" in weak.content.decode()
    assert code.encode() in weak.content  # not to be typed again


def test_trying_codes_is_limited_by_number_and_address(
    cast: Cast, client: Client, settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"sign_in_code": "3/m/ip"}
    answers = [post(client, code="00000000").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
