"""Taking a quiz: the server's clock, frozen questions, answers that are kept, one result."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from sop.models import SOPRelease
from sop.models.releases import ImmutableError
from tests.cast import Cast
from tests.training.make import NOW, QUESTIONS, Taking, duty_of, take
from training import question_types, services
from training.immutability import MODELS
from training.models import (
    Assignment,
    Attempt,
    Certification,
    Module,
    ModulePicture,
    Quiz,
    Response,
    Result,
)
from training.question_types import InvalidAnswer

pytestmark = pytest.mark.django_db


def limit(quiz: Quiz, **fields: Any) -> None:
    Quiz.objects.filter(pk=quiz.pk).update(**fields)


# --- Starting -----------------------------------------------------------------


def test_starting_again_resumes_the_same_attempt(taking: Taking, module: Module) -> None:
    again = services.start_attempt(assignment=taking.attempt.assignment, by=taking.person)
    assert again == taking.attempt
    assert Attempt.objects.count() == 1


def test_a_second_open_attempt_is_refused_by_the_database(taking: Taking) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            assignment=taking.attempt.assignment,
            person=taking.person,
            quiz=taking.attempt.quiz,
            version=taking.attempt.version,
            number=2,
            started_at=NOW,
            pass_mark=80,
            questions=[],
        )


def test_an_attempt_beyond_the_limit_is_refused_by_the_database(taking: Taking) -> None:
    taking.submit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            assignment=taking.attempt.assignment,
            person=taking.person,
            quiz=taking.attempt.quiz,
            version=taking.attempt.version,
            number=3,
            limit=2,
            started_at=NOW,
            pass_mark=80,
            questions=[],
        )


def test_when_the_attempts_are_used_up_none_begins(cast: Cast, module: Module) -> None:
    take(cast.noor, module).submit()
    take(cast.noor, module).submit()
    with pytest.raises(services.NoAttemptsLeft, match="2 attempts"):
        take(cast.noor, module)
    assert Attempt.objects.count() == 2


def test_a_lead_allows_one_attempt_more(cast: Cast, module: Module) -> None:
    take(cast.noor, module).submit()
    take(cast.noor, module).submit()
    services.allow_another_attempt(assignment=duty_of(cast.noor, module), by=cast.lena)
    assert take(cast.noor, module).attempt.number == 3


def test_attempts_are_counted_for_each_assignment(cast: Cast, module: Module) -> None:
    take(cast.noor, module).submit()
    passing = take(cast.noor, module)
    passing.answer_all_right()
    passing.submit()
    services.assign(person=cast.noor, module=module, by=cast.lena)
    assert take(cast.noor, module).attempt.number == 1


def test_without_a_limit_a_person_may_try_for_ever(cast: Cast, module: Module, quiz: Quiz) -> None:
    limit(quiz, attempt_limit=None)
    module = Module.objects.get(pk=module.pk)
    for number in range(1, 6):
        taking = take(cast.noor, module)
        assert taking.attempt.number == number
        taking.submit()


def test_after_a_failed_attempt_one_waits(
    cast: Cast, module: Module, quiz: Quiz, clock: Any
) -> None:
    limit(quiz, wait_minutes=30)
    module = Module.objects.get(pk=module.pk)
    take(cast.noor, module).submit()
    clock.shift(dt.timedelta(minutes=29))
    with pytest.raises(services.TooEarly, match="10:30"):
        take(cast.noor, module)
    clock.shift(dt.timedelta(minutes=1))
    assert take(cast.noor, module).attempt.number == 2


def test_a_duty_that_ended_starts_no_attempt(cast: Cast, module: Module) -> None:
    duty = duty_of(cast.noor, module)
    services.end_assignment(assignment=duty, note="Moved.", by=cast.lena)
    with pytest.raises(services.NotReady):
        services.start_attempt(assignment=duty, by=cast.noor)


def test_a_quiz_without_questions_is_not_started(cast: Cast, module: Module, quiz: Quiz) -> None:
    quiz.questions.all().delete()
    with pytest.raises(services.NotReady):
        take(cast.noor, module)


# --- Frozen questions ---------------------------------------------------------


def test_a_change_of_the_quiz_does_not_reach_an_attempt_that_runs(
    taking: Taking, quiz: Quiz, cast: Cast, module: Module
) -> None:
    before = taking.attempt.questions
    first = quiz.questions.first()
    first.text_en = "Another question?"
    first.save()
    first.choices.update(is_correct=False)
    quiz.questions.last().delete()
    limit(quiz, pass_mark=100)
    taking.attempt.refresh_from_db()
    assert taking.attempt.questions == before
    taking.answer_all_right()
    result = taking.submit()
    assert result.marks == result.max_marks == Decimal(4)


def test_the_questions_of_an_attempt_carry_the_hash_of_their_content(taking: Taking) -> None:
    assert taking.attempt.content_hash == question_types.sha256(taking.attempt.questions)
    assert len(taking.attempt.content_hash) == 64


def test_the_order_differs_and_the_content_does_not(quiz: Quiz) -> None:
    questions = list(quiz.questions.all())
    runs = [
        question_types.freeze(questions, shuffle=True, rng=random.Random(seed))
        for seed in range(20)
    ]
    orders = {tuple(frozen["question"] for frozen in run) for run in runs}
    assert len(orders) > 1
    for run in runs:
        assert sorted(frozen["question"] for frozen in run) == sorted(q.pk for q in questions)
        assert {frozen["hash"] for frozen in run} == {frozen["hash"] for frozen in runs[0]}
        for frozen in run:
            assert [choice["key"] for choice in frozen["choices"]] == [
                str(n) for n in range(1, len(frozen["choices"]) + 1)
            ]


def test_true_and_false_keep_their_order(quiz: Quiz) -> None:
    statement = quiz.questions.get(type="truefalse")
    for seed in range(10):
        run = question_types.freeze([statement], shuffle=True, rng=random.Random(seed))
        assert [choice["text"]["en"] for choice in run[0]["choices"]] == ["True", "False"]


def test_a_question_is_asked_in_either_language(taking: Taking) -> None:
    first = taking.attempt.questions[0]
    assert question_types.shown(first, "en").text == "What do you scan first?"
    assert question_types.shown(first, "zh-hans").choices[0].text == "库位"
    # A text that lacks one language is asked in the other one.
    assert question_types.shown(taking.attempt.questions[1], "zh-hans").choices[0].text


# --- Answers ------------------------------------------------------------------


def test_an_answer_is_kept_and_a_change_is_another_version(taking: Taking) -> None:
    taking.answer("1", "2")
    second = taking.answer("1", "1")
    assert second.version == 2
    assert [row.answer for row in Response.objects.order_by("version")] == [["2"], ["1"]]
    assert taking.attempt.answers()["1"].answer == ["1"]


def test_an_answer_can_be_taken_back(taking: Taking) -> None:
    taking.answer("2", "1")
    taking.answer("2")
    assert taking.attempt.answers()["2"].answer == []


def test_the_same_request_again_adds_nothing(taking: Taking) -> None:
    first = taking.answer("1", "2", client_key="k1")
    assert taking.answer("1", "2", client_key="k1") == first
    assert Response.objects.count() == 1


def test_a_late_repetition_does_not_undo_a_newer_answer(taking: Taking) -> None:
    taking.answer("1", "2", client_key="k1")
    taking.answer("1", "1", client_key="k2")
    taking.answer("1", "2", client_key="k1")
    assert taking.attempt.answers()["1"].answer == ["1"]


def test_a_form_sent_again_with_another_answer_is_kept(taking: Taking) -> None:
    for value in ("1", "2", "1"):
        taking.answer("1", value, client_key="same form")
    assert Response.objects.count() == 3
    assert taking.attempt.answers()["1"].answer == ["1"]


@pytest.mark.parametrize(
    ("key", "values"),
    [("1", ("9",)), ("1", ("1", "2")), ("9", ("1",)), ("3", ("1", "2")), ("2", ("1", "x"))],
)
def test_an_answer_that_does_not_fit_is_refused(
    taking: Taking, key: str, values: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidAnswer):
        taking.answer(key, *values)
    assert not Response.objects.exists()


def test_answers_are_never_changed(taking: Taking) -> None:
    row = taking.answer("1", "2")
    row.answer = ["1"]
    with pytest.raises(ImmutableError):
        row.save()
    with pytest.raises(ImmutableError):
        Response.objects.update(answer=["1"])
    with pytest.raises(ImmutableError):
        row.delete()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_sql_cannot_change_what_is_only_ever_added(
    cast: Cast, module: Module, taking: Taking, model: Any, statement: str
) -> None:
    taking.answer_all_right()
    taking.submit()
    services.revoke(certification=Certification.objects.get(), reason="x", by=cast.lena)
    release = SOPRelease.objects.get()
    services.acknowledge(person=cast.noor, release=release)
    if model is ModulePicture:
        text = module.version.texts.get()
        ModulePicture.objects.create(text=text, source_hash="x", file="x", width=1, height=1)
    table = model._meta.db_table
    assert model._base_manager.exists()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_after_handing_in_no_answer_is_taken(taking: Taking) -> None:
    taking.answer("1", "2")
    taking.submit()
    with pytest.raises(services.AttemptOver, match="handed in"):
        taking.answer("1", "1")
    assert Response.objects.count() == 1


# --- Time ---------------------------------------------------------------------


@pytest.fixture
def timed(cast: Cast, module: Module, quiz: Quiz) -> Taking:
    limit(quiz, time_limit_minutes=10)
    return take(cast.noor, Module.objects.get(pk=module.pk))


def test_the_deadline_is_the_servers(timed: Taking) -> None:
    assert timed.attempt.deadline_at == timed.attempt.started_at + dt.timedelta(minutes=10)


def test_an_answer_in_the_last_second_is_taken_and_none_after(timed: Taking, clock: Any) -> None:
    clock.shift(dt.timedelta(minutes=9, seconds=59))
    timed.answer("1", "1")
    clock.shift(dt.timedelta(seconds=1))
    with pytest.raises(services.AttemptOver, match="10:10"):
        timed.answer("2", "1", "2")
    assert Response.objects.count() == 1


def test_when_time_is_over_what_was_saved_is_marked(timed: Taking, clock: Any) -> None:
    timed.answer("1", "1")
    clock.shift(dt.timedelta(hours=1))
    result = timed.submit()
    timed.attempt.refresh_from_db()
    assert timed.attempt.state == Attempt.State.EXPIRED
    assert timed.attempt.closed_at == timed.attempt.deadline_at
    assert result.marks == Decimal(1)
    assert not result.passed


def test_an_attempt_left_open_is_closed_by_the_clock(timed: Taking, clock: Any) -> None:
    assert services.expire_overdue() == 0
    clock.shift(dt.timedelta(minutes=10))
    assert services.expire_overdue() == 1
    assert services.expire_overdue() == 0
    timed.attempt.refresh_from_db()
    assert timed.attempt.result.marks == 0


def test_an_expired_attempt_counts_and_the_next_one_begins(
    timed: Taking, cast: Cast, module: Module, clock: Any
) -> None:
    clock.shift(dt.timedelta(minutes=10))
    again = services.start_attempt(assignment=duty_of(cast.noor, module), by=cast.noor)
    assert again.number == 2


def test_without_a_time_limit_an_attempt_stays_open(taking: Taking, clock: Any) -> None:
    clock.shift(dt.timedelta(days=30))
    assert services.expire_overdue() == 0
    taking.answer("1", "1")


# --- Marking ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "marks", "passed"),
    [
        ({"1": ["1"], "2": ["1", "2"], "3": ["1"]}, 4, True),
        ({"1": ["1"], "2": ["1"], "3": ["1"]}, 2, False),  # half of several is nothing
        ({"1": ["1"], "2": ["1", "2", "3"], "3": ["1"]}, 2, False),  # all of them is nothing
        ({"2": ["1", "2"], "3": ["1"]}, 3, False),  # 75 %
        ({}, 0, False),
    ],
)
def test_marks(taking: Taking, answers: dict, marks: int, passed: bool) -> None:
    for key, values in answers.items():
        taking.answer(key, *values)
    result = taking.submit()
    assert (result.marks, result.passed) == (Decimal(marks), passed)


def test_exactly_the_pass_mark_passes(cast: Cast, module: Module, quiz: Quiz) -> None:
    limit(quiz, pass_mark=75)
    taking = take(cast.noor, Module.objects.get(pk=module.pk))
    taking.answer("2", "1", "2")
    taking.answer("3", "1")
    assert taking.submit().passed


def test_handing_in_twice_gives_one_result(taking: Taking) -> None:
    taking.answer_all_right()
    first, second = taking.submit(), taking.submit(at=NOW + dt.timedelta(minutes=1))
    assert first == second
    assert Result.objects.count() == Certification.objects.count() == 1
    taking.attempt.refresh_from_db()
    assert taking.attempt.closed_at == timezone.now()


def test_passing_gives_a_certificate_and_fulfils_the_duty(
    taking: Taking, cast: Cast, module: Module
) -> None:
    taking.answer_all_right()
    taking.submit()
    certificate = Certification.objects.get(person=cast.noor)
    assert certificate.attempt == taking.attempt
    assert certificate.valid_from == dt.date(2026, 3, 2)
    assert certificate.expires_on == dt.date(2027, 3, 2)
    assert not Assignment.objects.open().filter(person=cast.noor).exists()


def test_failing_gives_none_and_leaves_the_duty(taking: Taking, cast: Cast) -> None:
    taking.submit()
    assert not Certification.objects.exists()
    assert Assignment.objects.open().filter(person=cast.noor).exists()


def test_a_correction_is_another_result_and_the_last_counts(taking: Taking, cast: Cast) -> None:
    first = taking.submit()
    Result.objects.create(
        attempt=taking.attempt,
        number=2,
        marks=4,
        max_marks=4,
        passed=True,
        by_question={},
        made_at=timezone.now(),
        made_by=cast.lena,
        reason="Question 1 was wrong.",
    )
    assert taking.attempt.result != first
    assert taking.attempt.result.percent == 100


# --- Writing quizzes ----------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"choices": [{"text": {"en": "only"}, "correct": True}]}, "Question 1: .*two options"),
        ({"choices": [{"text": {"en": "a"}}, {"text": {"en": "b"}}]}, "Question 1: .*exactly one"),
        ({"type": "truefalse"}, "Question 1: .*no options"),
        ({"text": {"en": ""}}, "English, in Chinese"),
        ({"marks": 0}, "Marks"),
    ],
)
def test_a_quiz_that_cannot_be_asked_is_not_created(
    cast: Cast, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(services.NotReady, match=message):
        services.create_quiz(
            team=cast.pickers, name={"en": "x"}, questions=[QUESTIONS[0] | change], by=cast.lena
        )
    assert not Quiz.objects.exists()
