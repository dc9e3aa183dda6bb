"""Who has to take what: by role, by release, by hand; history is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone, translation

from people import services as people_services
from sop.choices import ChangeKind
from sop.models import SOPPage, SOPRelease
from tests.cast import SINCE, Cast
from tests.factories import UserFactory
from tests.sop import make as sop
from tests.training.make import LESSON, approve, duty_of, take
from training import services
from training.models import Assignment, Certification, Module, ModulePage, Revocation
from training.services.certificates import add_months

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 2)


def start_picking(person: Any, cast: Cast, on: dt.date = TODAY) -> None:
    people_services.start_role(person=person, role=cast.picker, on=on, by=cast.hua)


# --- By role ------------------------------------------------------------------


def test_an_approved_module_is_due_for_those_in_its_roles(cast: Cast, module: Module) -> None:
    duties = Assignment.objects.all()
    assert {duty.person for duty in duties} == {cast.noor, cast.wei}
    for duty in duties:
        assert duty.due_on == TODAY + dt.timedelta(days=14)
        assert duty.reason == Assignment.Reason.ROLE
        assert duty.role == cast.picker


def test_whoever_joins_a_role_gets_its_modules(cast: Cast, module: Module) -> None:
    start_picking(cast.pia, cast)
    duty = duty_of(cast.pia, module)
    assert duty.due_on == dt.date(2026, 3, 16)
    with translation.override("en"):
        assert duty.why == "Part of your role: Picker"


def test_a_role_that_begins_later_is_due_later(cast: Cast, module: Module) -> None:
    start_picking(cast.pia, cast, on=dt.date(2026, 4, 1))
    assert duty_of(cast.pia, module).due_on == dt.date(2026, 4, 15)


def test_a_role_recorded_late_is_not_overdue_at_once(cast: Cast, module: Module) -> None:
    start_picking(cast.pia, cast, on=dt.date(2025, 1, 1))
    assert duty_of(cast.pia, module).due_on == dt.date(2026, 3, 16)


def test_whoever_is_certified_gets_no_duty(cast: Cast, module: Module) -> None:
    services.certify(person=cast.pia, module=module, by=cast.lena)
    start_picking(cast.pia, cast)
    assert not Assignment.objects.filter(person=cast.pia).exists()


def test_whoever_leaves_a_role_keeps_the_history_and_loses_the_duty(
    cast: Cast, module: Module
) -> None:
    people_services.end_role(person=cast.noor, role=cast.picker, on=TODAY, by=cast.hua)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()
    assert Assignment.objects.get(person=cast.noor).ended_at == timezone.now()


def test_a_role_that_ends_later_keeps_its_duty_until_then(
    cast: Cast, module: Module, clock: Any
) -> None:
    people_services.end_role(
        person=cast.noor, role=cast.picker, on=TODAY + dt.timedelta(days=7), by=cast.hua
    )
    services.end_lapsed()
    duty_of(cast.noor, module)
    clock.shift(dt.timedelta(days=7))
    services.end_lapsed()
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


def test_another_role_that_asks_for_the_module_keeps_the_duty(
    cast: Cast, module_page: ModulePage
) -> None:
    page = ModulePage.objects.get(pk=module_page.pk).get_latest_revision_as_object()
    page.roles.set([cast.picker, cast.packer])
    page.save_revision(user=cast.lena)
    approve(cast, page)
    module = Module.objects.get(key=page.translation_key)
    people_services.start_role(person=cast.noor, role=cast.packer, on=TODAY, by=cast.hua)
    people_services.end_role(person=cast.noor, role=cast.picker, on=TODAY, by=cast.hua)
    assert duty_of(cast.noor, module).role == cast.packer


def test_what_a_lead_gave_stays_when_a_role_ends(cast: Cast, module: Module) -> None:
    services.end_assignment(assignment=duty_of(cast.noor, module), note="For now.", by=cast.lena)
    services.assign(person=cast.noor, module=module, by=cast.lena)
    people_services.end_role(person=cast.noor, role=cast.picker, on=TODAY, by=cast.hua)
    duty_of(cast.noor, module)


def test_a_leaver_has_no_duties(cast: Cast, module: Module) -> None:
    people_services.leave(person=cast.noor, on=TODAY, by=cast.hua)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


# --- By hand ------------------------------------------------------------------


def test_assigning_again_can_only_bring_the_day_forward(cast: Cast, module: Module) -> None:
    duty = duty_of(cast.noor, module)
    services.assign(
        person=cast.noor, module=module, due_on=TODAY + dt.timedelta(days=60), by=cast.lena
    )
    duty.refresh_from_db()
    assert duty.due_on == dt.date(2026, 3, 16)
    services.assign(
        person=cast.noor, module=module, due_on=TODAY + dt.timedelta(days=2), by=cast.lena
    )
    duty.refresh_from_db()
    assert duty.due_on == dt.date(2026, 3, 4)
    assert Assignment.objects.filter(person=cast.noor).count() == 1


def test_what_one_chooses_has_no_due_date(cast: Cast, module: Module) -> None:
    duty = services.enrol(person=cast.pia, module=module)
    assert duty.due_on is None
    assert services.enrol(person=cast.pia, module=module) == duty


def test_ending_a_duty_needs_a_reason(cast: Cast, module: Module) -> None:
    with pytest.raises(services.TrainingError):
        services.end_assignment(assignment=duty_of(cast.noor, module), note=" ", by=cast.lena)


# --- By release ---------------------------------------------------------------


def next_release(cast: Cast, page: SOPPage, kind: str) -> SOPRelease:
    draft = sop.change(
        page, by=cast.lena, change_kind=kind, change_summary="Other.", purpose=f"<p>{kind}</p>"
    )
    return sop.approve(cast, draft)


@pytest.fixture
def noor_is_certified(cast: Cast, module: Module) -> Certification:
    return services.certify(person=cast.noor, module=module, by=cast.lena)


def test_a_release_that_changes_the_work_makes_the_module_due_again(
    cast: Cast, module: Module, sop_page: SOPPage, noor_is_certified: Any
) -> None:
    release = next_release(cast, sop_page, ChangeKind.MAJOR)
    duty = duty_of(cast.noor, module)
    assert (duty.reason, duty.release) == (Assignment.Reason.RELEASE, release)
    with translation.override("en"):
        assert duty.why == "PK-03 changed with release 2.0"
    # The old certificate still counts until it ends: only the duty is new.
    assert Certification.objects.valid_on(TODAY).filter(person=cast.noor).exists()


def test_a_minor_release_makes_nothing_due(
    cast: Cast, module: Module, sop_page: SOPPage, noor_is_certified: Any
) -> None:
    next_release(cast, sop_page, ChangeKind.MINOR)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


def test_a_module_may_stand_through_releases(
    cast: Cast, module_page: ModulePage, sop_page: SOPPage
) -> None:
    page = ModulePage.objects.get(pk=module_page.pk).get_latest_revision_as_object()
    page.retake_on_release = False
    page.save_revision(user=cast.lena)
    approve(cast, page)
    module = Module.objects.get(key=page.translation_key)
    services.certify(person=cast.noor, module=module, by=cast.lena)
    next_release(cast, sop_page, ChangeKind.MAJOR)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


def test_a_duty_that_came_with_a_release_ends_with_the_role(
    cast: Cast, module: Module, sop_page: SOPPage, noor_is_certified: Any
) -> None:
    next_release(cast, sop_page, ChangeKind.MAJOR)
    people_services.end_role(person=cast.noor, role=cast.picker, on=TODAY, by=cast.hua)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


# --- Certificates -------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (dt.date(2026, 3, 2), 12, dt.date(2027, 3, 2)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2027, 12, 31), 2, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 15), 12, dt.date(2027, 12, 15)),
        (dt.date(2026, 11, 30), 1, dt.date(2026, 12, 30)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(day: dt.date, months: int, end: dt.date) -> None:
    assert add_months(day, months) == end


def test_a_certificate_runs_out_on_its_day(noor_is_certified: Certification) -> None:
    end = noor_is_certified.expires_on
    valid = Certification.objects.valid_on
    assert valid(end - dt.timedelta(days=1)).exists()
    assert not valid(end).exists()
    assert noor_is_certified.state_on(end - dt.timedelta(days=31)) == "certified"
    assert noor_is_certified.state_on(end - dt.timedelta(days=30)) == "expiring"
    assert noor_is_certified.state_on(end) == "expired"


def test_what_runs_out_is_due_again_before_its_end_once(
    cast: Cast, module: Module, noor_is_certified: Certification, clock: Any
) -> None:
    end = noor_is_certified.expires_on
    assert not services.assign_renewals(at=timezone.now() + dt.timedelta(days=334))
    clock.shift(dt.timedelta(days=335))
    made = services.assign_renewals()
    assert [(duty.person, duty.due_on, duty.reason) for duty in made] == [
        (cast.noor, end, Assignment.Reason.RENEWAL)
    ]
    assert not services.assign_renewals()


def test_renewal_adds_a_certificate_and_leaves_the_old_one(
    cast: Cast, module: Module, noor_is_certified: Certification, clock: Any
) -> None:
    clock.shift(dt.timedelta(days=340))
    services.assign_renewals()
    taking = take(cast.noor, module)
    taking.answer_all_right()
    taking.submit()
    first, second = Certification.objects.filter(person=cast.noor).order_by("issued_at")
    assert first == noor_is_certified
    assert second.expires_on > first.expires_on


def test_revoking_keeps_the_certificate_with_the_reason_and_makes_the_module_due(
    cast: Cast, module: Module, noor_is_certified: Certification
) -> None:
    services.revoke(certification=noor_is_certified, reason="Copied answers.", by=cast.lena)
    kept = Certification.objects.get(pk=noor_is_certified.pk)
    assert kept.state == "revoked"
    assert kept.revocation.reason == "Copied answers."
    assert not Certification.objects.valid_on(TODAY).exists()
    duty_of(cast.noor, module)
    with pytest.raises(services.TrainingError, match="already revoked"):
        services.revoke(certification=kept, reason="Again.", by=cast.lena)
    assert Revocation.objects.count() == 1


def test_revoking_needs_a_reason(cast: Cast, noor_is_certified: Certification) -> None:
    with pytest.raises(services.TrainingError):
        services.revoke(certification=noor_is_certified, reason="  ", by=cast.lena)


# --- Lessons ------------------------------------------------------------------


def test_a_module_without_a_quiz_is_learned_by_its_lessons(
    cast: Cast, module_page: ModulePage
) -> None:
    page = ModulePage.objects.get(pk=module_page.pk).get_latest_revision_as_object()
    page.quiz = None
    page.save_revision(user=cast.lena)
    approve(cast, page)
    module = Module.objects.get(key=page.translation_key)
    duty = duty_of(cast.noor, module)
    for _ in range(2):
        services.finish_lesson(person=cast.noor, module=module, lesson_uid=LESSON)
    assert Certification.objects.filter(person=cast.noor).count() == 1
    assert duty.lessons_done.count() == 1


def test_with_a_quiz_reading_is_not_enough(cast: Cast, module: Module) -> None:
    services.finish_lesson(person=cast.noor, module=module, lesson_uid=LESSON)
    assert not Certification.objects.exists()


def test_reading_a_lesson_chooses_the_module(cast: Cast, module: Module) -> None:
    services.finish_lesson(person=cast.pia, module=module, lesson_uid=LESSON)
    assert duty_of(cast.pia, module).reason == Assignment.Reason.OWN


def test_whoever_is_certified_may_read_without_a_duty(
    cast: Cast, module: Module, noor_is_certified: Certification
) -> None:
    services.finish_lesson(person=cast.noor, module=module, lesson_uid=LESSON)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


def test_a_lesson_of_another_module_is_refused(cast: Cast, module: Module) -> None:
    with pytest.raises(services.TrainingError):
        services.finish_lesson(
            person=cast.noor, module=module, lesson_uid="99999999-0000-4000-8000-000000000001"
        )


def test_nobody_gets_duties_before_the_first_or_after_the_last_day(
    cast: Cast, module_page: ModulePage
) -> None:
    gone = UserFactory(left_on=dt.date(2026, 1, 1))
    gone.role_holdings.create(role=cast.picker, starts_on=SINCE)
    approve(cast, module_page)
    assert not Assignment.objects.filter(person=gone).exists()
