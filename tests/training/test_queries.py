"""Competence on a day: what a person had to show by then, and had shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from people import services as people_services
from people.models import User
from sop.choices import ChangeKind
from sop.models import SOPPage, SOPRelease
from tests.cast import Cast
from tests.factories import UserFactory
from tests.sop import make as sop
from tests.training.make import a_module_page, approve, take
from training import queries, services
from training.models import Module
from training.queries import Competence, Score, competence

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 2)


def on(person: User, day: dt.date = TODAY) -> Competence:
    return competence([person], day)[person.pk]


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def test_the_modules_of_a_persons_roles_are_required(cast: Cast, module: Module) -> None:
    assert on(cast.noor).required == {module.pk}
    assert on(cast.noor).certified == on(cast.noor).expired == set()
    assert on(cast.pia) == Competence()


def test_before_its_approval_a_module_was_required_of_nobody(cast: Cast, module: Module) -> None:
    assert on(cast.noor, TODAY - days(1)).required == set()


def test_a_certificate_counts_from_its_day_to_its_end(cast: Cast, module: Module) -> None:
    certificate = services.certify(person=cast.noor, module=module, by=cast.lena)
    assert on(cast.noor, TODAY - days(1)).certified == set()
    assert on(cast.noor).certified == {module.pk}
    assert on(cast.noor, certificate.expires_on - days(1)).certified == {module.pk}
    assert on(cast.noor, certificate.expires_on).certified == set()
    assert on(cast.noor, certificate.expires_on).expired == {module.pk}


def test_a_revoked_certificate_counts_until_the_day_of_its_revocation(
    cast: Cast, module: Module, clock: Any
) -> None:
    certificate = services.certify(person=cast.noor, module=module, by=cast.lena)
    clock.shift(days(10))
    services.revoke(certification=certificate, reason="Copied.", by=cast.lena)
    assert on(cast.noor, TODAY + days(9)).certified == {module.pk}
    assert on(cast.noor, TODAY + days(10)).certified == set()
    assert on(cast.noor, TODAY + days(10)).expired == {module.pk}


def test_roles_are_those_of_the_day(cast: Cast, module: Module, clock: Any) -> None:
    clock.shift(days(5))
    people_services.end_role(
        person=cast.noor, role=cast.picker, on=timezone.localdate(), by=cast.hua
    )
    assert on(cast.noor, TODAY + days(4)).required == {module.pk}
    assert on(cast.noor, TODAY + days(5)).required == set()


def test_what_a_lead_gave_is_required_until_done_and_while_it_holds(
    cast: Cast, module: Module, clock: Any
) -> None:
    services.assign(person=cast.pia, module=module, by=cast.leo)
    assert on(cast.pia).required == {module.pk}
    clock.shift(days(2))
    certificate = services.certify(person=cast.pia, module=module, by=cast.leo)
    assert on(cast.pia, TODAY + days(1)).certified == set()
    assert on(cast.pia, TODAY + days(2)).required == {module.pk}
    assert on(cast.pia, TODAY + days(2)).certified == {module.pk}
    assert on(cast.pia, certificate.expires_on) == Competence()


def test_what_one_chose_is_not_required(cast: Cast, module: Module) -> None:
    services.enrol(person=cast.pia, module=module)
    assert on(cast.pia).required == set()


def test_a_retired_module_is_no_longer_required(cast: Cast, module: Module, clock: Any) -> None:
    clock.shift(days(3))
    services.retire_module(module=module, reason="Merged.", by=cast.lena)
    assert on(cast.noor, TODAY + days(2)).required == {module.pk}
    assert on(cast.noor, TODAY + days(3)).required == set()


def test_the_version_of_the_day_decides(
    cast: Cast, module: Module, module_page: Any, clock: Any
) -> None:
    clock.shift(days(7))
    page = type(module_page).objects.get(pk=module_page.pk).get_latest_revision_as_object()
    page.roles.set([cast.packer])
    page.save_revision(user=cast.lena)
    approve(cast, page)
    assert on(cast.pia, TODAY + days(6)).required == set()
    assert on(cast.pia, TODAY + days(7)).required == {module.pk}


def test_the_best_result_counts(cast: Cast, module: Module, clock: Any) -> None:
    first = take(cast.noor, module)
    first.answer("2", "1", "2")
    first.submit()
    clock.shift(days(1))
    take(cast.noor, module).submit()
    assert on(cast.noor, TODAY - days(1)).best_scores == {}
    assert on(cast.noor, TODAY + days(1)).best_scores == {module.pk: Score(Decimal(2), Decimal(4))}
    assert on(cast.noor).best_scores[module.pk].percent == 50


def test_a_corrected_result_counts_as_corrected(cast: Cast, module: Module) -> None:
    taking = take(cast.noor, module)
    taking.answer_all_right()
    result = taking.submit()
    type(result).objects.create(
        attempt=taking.attempt,
        number=2,
        marks=1,
        max_marks=4,
        passed=False,
        by_question={},
        made_at=timezone.now(),
        made_by=cast.lena,
        reason="Wrong key.",
    )
    assert on(cast.noor).best_scores[module.pk].marks == 1


def test_releases_to_acknowledge_and_those_acknowledged(
    cast: Cast, release: SOPRelease, clock: Any
) -> None:
    assert on(cast.noor).to_acknowledge == {release.pk}
    assert on(cast.noor).acknowledged == set()
    assert on(cast.pia).to_acknowledge == set()
    clock.shift(days(1))
    services.acknowledge(person=cast.noor, release=release)
    assert on(cast.noor).acknowledged == set()
    assert on(cast.noor, TODAY + days(1)).acknowledged == {release.pk}


def test_acknowledging_a_major_release_covers_its_minor_ones(
    cast: Cast, release: SOPRelease, sop_page: SOPPage, clock: Any
) -> None:
    services.acknowledge(person=cast.noor, release=release)
    clock.shift(days(1))
    change = sop.change(
        sop_page, by=cast.lena, change_kind=ChangeKind.MINOR, change_summary="x", scope="<p>x</p>"
    )
    minor = sop.approve(cast, change)
    shown = on(cast.noor, TODAY + days(1))
    assert shown.to_acknowledge == shown.acknowledged == {minor.pk}
    assert on(cast.noor).acknowledged == {release.pk}


def test_many_people_cost_no_more_queries_than_one(
    cast: Cast, module: Module, django_assert_num_queries: Any
) -> None:
    crowd = UserFactory.create_batch(12)
    for person in crowd:
        people_services.start_role(person=person, role=cast.picker, on=TODAY, by=cast.hua)
        services.certify(person=person, module=module, by=cast.lena)
    people = [cast.noor, cast.wei, *crowd]
    with django_assert_num_queries(11):
        found = competence(people, TODAY)
    assert sum(each.certified == {module.pk} for each in found.values()) == 12
    with django_assert_num_queries(11):
        competence([cast.noor], TODAY)


def test_to_learn_is_most_urgent_first(cast: Cast, module: Module) -> None:
    other = approve(cast, a_module_page(cast, slug="later", due_days=60))
    assert [duty.module for duty in queries.to_learn(cast.noor)] == [module, other]
    services.certify(person=cast.noor, module=module, by=cast.lena)
    assert [duty.module for duty in queries.to_learn(cast.noor)] == [other]
