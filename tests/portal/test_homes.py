"""What each person sees first, and that one query fits a team of two and of twenty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kit.models import Job
from people import groups
from people import services as people
from people.models import User
from portal.homes import administrator, approver, auditor, home_of, hr, lead, manager, staff
from scoring.models import OperationsImport, Scorecard, ScoringPeriod, Source, SourceMapping
from sop.models import SOPRelease
from tests.cast import Cast
from tests.sop import make
from tests.training.make import LESSON, NOW, duty_of, take
from training import services as training
from training.models import Module

SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)


def queries_for(person: User) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        home_of(User.objects.get(pk=person.pk), timezone.now())
    return len(queries)


def more_pickers(cast: Cast, many: int) -> list[User]:
    found = []
    for n in range(many):
        person = people.add_person(employee_number=f"X{n}", name=f"Extra {n}", by=None)
        people.join_team(person=person, team=cast.pickers, on=dt.date(2024, 1, 1), by=None)
        people.start_role(person=person, role=cast.picker, on=dt.date(2024, 1, 1), by=None)
        found.append(person)
    return found


# --- Everybody ---------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_home_opens_in_both_languages(
    language: str, cast: Cast, module: Module, sign_in: SignIn
) -> None:
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(language=language)
        response = sign_in(person).get("/")
        assert response.status_code == 200, person


def test_hats_of_one_person_stand_side_by_side(cast: Cast, clock: Any) -> None:
    people.set_groups(person=cast.lena, names={groups.APPROVERS, groups.HR}, by=None)
    lena = User.objects.get(pk=cast.lena.pk)
    assert [section.hat for section in home_of(lena, NOW).sections] == ["lead", "approver", "hr"]
    assert home_of(cast.noor, NOW).sections == []


def test_staff_see_what_to_read_and_what_changed(cast: Cast, release: SOPRelease) -> None:
    [new] = staff.facts(cast.noor, NOW).readings
    assert (new.release, new.title, new.changed, new.summary) == (
        release,
        "Pick an order",
        False,
        "",
    )
    training.acknowledge(person=cast.noor, release=release)
    assert staff.facts(cast.noor, NOW).readings == []
    page = make.SOPPage.objects.get(code="PK-03", locale__language_code="en")
    make.approve(cast, make.change(page, by=cast.lena, change_summary="Shelf before item."))
    [changed] = staff.facts(cast.noor, timezone.now()).readings
    assert (changed.release.number, changed.changed) == ("2.0", True)
    assert changed.summary == "Shelf before item."


def test_staff_see_how_far_they_are_in_a_module(cast: Cast, module: Module, clock: Any) -> None:
    [learning] = staff.facts(cast.noor, NOW).learnings
    assert (learning.progress.done, learning.progress.lessons, learning.overdue) == (0, 1, False)
    training.finish_lesson(person=cast.noor, module=module, lesson_uid=LESSON)
    [learning] = staff.facts(cast.noor, NOW).learnings
    assert (learning.progress.done, learning.progress.lessons) == (1, 1)
    late = NOW + DAY * 60
    [learning] = staff.facts(cast.noor, late).learnings
    assert learning.overdue
    assert staff.facts(cast.noor, late).overdue == 1


def test_a_certificate_warns_before_it_runs_out(cast: Cast, module: Module, clock: Any) -> None:
    held = training.certify(person=cast.noor, module=module, by=cast.lena, note="Shown at work.")
    [certificate] = staff.facts(cast.noor, NOW).certificates
    assert (certificate.certification, certificate.is_expiring) == (held, False)
    ending = dt.datetime.combine(held.expires_on - DAY, dt.time(4), tzinfo=dt.UTC)
    assert staff.facts(cast.noor, ending).certificates[0].is_expiring
    assert staff.facts(cast.noor, ending + DAY * 2).certificates == []


def test_a_starter_is_shown_the_way_until_all_is_done(
    cast: Cast, module: Module, release: SOPRelease
) -> None:
    assert staff.facts(cast.noor, NOW).start is None
    User.objects.filter(pk=cast.noor.pk).update(hired_on=NOW.date() - DAY * 3)
    noor = User.objects.get(pk=cast.noor.pk)
    start = staff.facts(noor, NOW).start
    assert (start.read, start.to_read, start.passed, start.to_pass) == (0, 1, 0, 1)
    training.acknowledge(person=noor, release=release)
    start = staff.facts(noor, NOW).start
    assert start.has_read
    assert not start.has_passed
    assert staff.facts(noor, NOW + DAY * 40).start is None
    training.certify(person=noor, module=module, by=cast.lena, note="Shown at work.")
    assert staff.facts(noor, NOW).start is None


def a_card(person: User, period: ScoringPeriod, **fields: Any) -> Scorecard:
    fields = {"verdict": "band", "band": "meets", "score": 71.0, "low": 60.0, "high": 80.0} | fields
    return Scorecard.objects.create(
        person=person, period=period, snapshot={}, evidence={}, calculated_at=NOW,
        team=person.memberships.first().team if person.memberships.exists() else None, **fields,
    )  # fmt: skip


def a_period(state: str, name: str = "2026-Q1") -> ScoringPeriod:
    times = {"calculated_at": NOW, "review_started_at": NOW}
    if state in ("published", "closed"):
        times |= {"published_at": NOW}
    return ScoringPeriod.objects.create(
        name=name, starts_on="2026-01-01", ends_on="2026-04-01", state=state, created_at=NOW,
        **times,
    )  # fmt: skip


def test_a_scorecard_is_shown_once_it_is_published(cast: Cast, clock: Any) -> None:
    period = a_period("in_review")
    card = a_card(cast.noor, period)
    assert staff.facts(cast.noor, NOW).card is None
    ScoringPeriod.objects.filter(pk=period.pk).update(state="published", published_at=NOW)
    assert staff.facts(cast.noor, NOW).card == card
    assert staff.facts(cast.wei, NOW).card is None


# --- Leads ---------------------------------------------------------------------


def test_a_lead_sees_who_needs_something_in_the_own_team(
    cast: Cast, module: Module, clock: Any
) -> None:
    for _attempt in range(2):
        take(cast.wei, module).submit()
    late = NOW + DAY * 60
    facts = lead.facts(cast.lena, late)
    assert (facts.people, facts.stuck, facts.overdue, facts.reading) == (2, 1, 2, 2)
    assert [need.person for need in facts.needs] == [cast.wei, cast.noor]
    other = lead.facts(cast.leo, late)
    assert (other.people, other.needs, other.procedures) == (1, [], [])
    assert lead.facts(cast.noor, late) is None


def test_an_attempt_more_unsticks(cast: Cast, module: Module, clock: Any) -> None:
    for _attempt in range(2):
        take(cast.wei, module).submit()
    assert lead.facts(cast.lena, NOW).stuck == 1
    training.allow_another_attempt(assignment=duty_of(cast.wei, module), by=cast.lena)
    assert lead.facts(cast.lena, NOW).stuck == 0


def test_a_renewed_certificate_no_longer_runs_out(cast: Cast, module: Module, clock: Any) -> None:
    held = training.certify(person=cast.noor, module=module, by=cast.lena, note="Shown.")
    clock.move_to(dt.datetime.combine(held.expires_on - DAY * 5, dt.time(4), tzinfo=dt.UTC))
    assert lead.facts(cast.lena, timezone.now()).expiring == 1
    training.certify(person=cast.noor, module=module, by=cast.lena, note="Shown again.")
    assert lead.facts(cast.lena, timezone.now()).expiring == 0


def test_procedures_come_up_before_their_review(cast: Cast, release: SOPRelease) -> None:
    due = lead.months_later(timezone.localtime(release.approved_at).date(), release.review_months)
    noon = dt.datetime.combine(due, dt.time(4), tzinfo=dt.UTC)
    assert lead.facts(cast.lena, noon - DAY * 31).procedures == []
    [soon] = lead.facts(cast.lena, noon - DAY * 30).procedures
    assert (soon.release, soon.due_on, soon.overdue) == (release, due, False)
    assert lead.facts(cast.lena, noon + DAY).procedures[0].overdue


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2026, 3, 2), 12, (2027, 3, 2)), ((2025, 8, 31), 6, (2026, 2, 28)),
        ((2023, 8, 31), 6, (2024, 2, 29)), ((2026, 11, 30), 1, (2026, 12, 30)),
        ((2026, 12, 31), 12, (2027, 12, 31)),
    ],
)  # fmt: skip
def test_months_end_on_a_day_that_exists(
    day: tuple[int, int, int], months: int, later: tuple[int, int, int]
) -> None:
    assert lead.months_later(dt.date(*day), months) == dt.date(*later)


# --- The other hats ----------------------------------------------------------------


def test_an_approver_sees_what_waits_and_what_is_not_theirs_to_decide(
    cast: Cast, clock: Any
) -> None:
    assert approver.facts(cast.ping, NOW).waiting == []
    page = make.a_draft(cast, "PK-09")
    make.services.submit_for_approval(page=page, by=cast.lena)
    [waiting] = approver.facts(cast.ping, NOW).waiting
    assert (waiting.submitted_by, waiting.own) == ("Lena", False)
    assert "Pick an order" in waiting.title
    people.set_groups(person=cast.lena, names={groups.APPROVERS}, by=None)
    assert approver.facts(User.objects.get(pk=cast.lena.pk), NOW).waiting[0].own
    assert approver.facts(cast.hua, NOW) is None


def an_import(source: Source, state: str, received_at: dt.datetime, **fields: Any) -> None:
    mapping, _ = SourceMapping.objects.get_or_create(
        source=source, version=1, defaults={"text": "", "sha256": "", "created_at": NOW}
    )
    if state == "committed":
        fields |= {"committed_at": received_at}
    OperationsImport.objects.create(
        source=source, mapping=mapping, filename="a.csv", sha256=f"{received_at:%s}", size=1,
        state=state, received_at=received_at, **fields,
    )  # fmt: skip


def test_hr_sees_how_far_the_data_reaches(cast: Cast, clock: Any) -> None:
    wms = Source.objects.create(slug="wms", name_en="WMS")
    Source.objects.create(slug="qc", name_en="QC")
    an_import(wms, "rejected", NOW - DAY * 3)
    [_qc, state] = hr.facts(cast.hua, NOW).sources
    assert (state.last_day, state.refused, state.is_stale) == (None, 1, True)
    an_import(
        wms, "committed", NOW - DAY * 2,
        first_day=NOW.date() - DAY * 30, last_day=NOW.date() - DAY * 3,
    )  # fmt: skip
    [_qc, state] = hr.facts(cast.hua, NOW).sources
    assert (state.days_behind, state.refused, state.is_stale) == (3, 0, False)
    an_import(wms, "checked", NOW - DAY)
    assert hr.facts(cast.hua, NOW).sources[1].to_take == 1
    assert hr.facts(cast.lena, NOW) is None


def test_hr_sees_who_never_signed_in(cast: Cast, clock: Any) -> None:
    assert cast.noor in hr.never_signed_in(NOW)
    User.objects.filter(pk=cast.noor.pk).update(last_login=NOW)
    assert cast.noor not in hr.never_signed_in(NOW)


def test_hr_sees_who_has_no_way_in(cast: Cast, clock: Any) -> None:
    assert hr.without_code(NOW).count() == 0
    person = people.add_person(employee_number="N1", name="New", by=None)
    assert list(hr.without_code(NOW)) == [person]
    people.issue_sign_in_code(person=person, by=cast.hua)
    assert hr.without_code(NOW).count() == 0
    assert list(hr.without_code(NOW + DAY * 90)) == [person]
    people.leave(person=person, on=NOW.date(), by=cast.hua)
    assert hr.without_code(NOW + DAY * 90).count() == 0


def test_a_manager_sees_teams_in_their_own_order(cast: Cast, module: Module, clock: Any) -> None:
    period = a_period("in_review")
    extra = more_pickers(cast, 3)
    for person, score in zip(extra, (50.0, 60.0, 90.0), strict=True):
        a_card(person, period, score=score)
    a_card(cast.pia, period, score=99.0)
    facts = manager.facts(cast.mei, NOW)
    assert facts.period == period
    packers, pickers = facts.lines
    assert (packers.team, pickers.team) == (cast.packers, cast.pickers)
    assert packers.median_score is None  # one score would be a person's, not the team's
    assert pickers.median_score == 60.0
    assert (pickers.meets, pickers.below, pickers.undecided) == (3, 0, 0)
    assert (pickers.certified_percent, pickers.acknowledged_percent) == (0, 0)
    assert packers.certified_percent is None
    chart = facts.chart
    assert "Picking" in chart
    assert "Packing" not in chart
    assert manager.facts(cast.lena, NOW) is None


def test_an_administrator_sees_that_no_worker_runs(cast: Cast, clock: Any) -> None:
    Job.objects.create(kind="test", owner=cast.hua, created_at=NOW)
    assert administrator.facts(cast.ada, NOW + dt.timedelta(minutes=1)).stuck_since is None
    facts = administrator.facts(cast.ada, NOW + dt.timedelta(minutes=3))
    assert (facts.stuck_since, facts.waiting) == (NOW, 1)
    Job.objects.create(kind="test", state="failed", created_at=NOW, finished_at=NOW, error="x")
    assert len(administrator.facts(cast.ada, NOW + DAY).failed) == 1
    assert administrator.facts(cast.ada, NOW + DAY * 8).failed == []
    assert dict(facts.groups)["HR"] == 1
    assert administrator.facts(cast.hua, NOW) is None


def test_an_auditor_sees_what_was_done(cast: Cast, clock: Any) -> None:
    facts = auditor.facts(cast.otto, timezone.now())
    assert facts.records
    assert len(facts.records) <= auditor.SHOWN
    assert auditor.facts(cast.ada, NOW) is None


# --- One page, one bound ----------------------------------------------------------


def test_a_larger_team_takes_no_more_queries(cast: Cast, module: Module, clock: Any) -> None:
    period = a_period("in_review")
    a_card(cast.noor, period)
    a_card(cast.wei, period)
    hats = ("lena", "mei", "hua", "ada", "otto", "ping", "noor")
    clock.move_to(NOW + DAY * 60)
    few = {hat: queries_for(getattr(cast, hat)) for hat in hats}
    for extra in more_pickers(cast, 8):
        a_card(extra, period)
    clock.move_to(NOW + DAY * 120)
    assert {hat: queries_for(getattr(cast, hat)) for hat in hats} == few
    assert max(few.values()) <= 60
