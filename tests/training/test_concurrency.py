"""The same thing twice at the same moment, from two tabs or two devices, happens once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from tests.cast import Cast
from tests.training.make import Taking, duty_of
from training import services
from training.models import Assignment, Attempt, Certification, Module, Response, Result

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls in threads that wait for each other; returns results or exceptions."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def test_starts_at_once_give_one_attempt(cast: Cast, module: Module) -> None:
    duty = duty_of(cast.noor, module)

    def start() -> Attempt:
        return services.start_attempt(assignment=Assignment.objects.get(pk=duty.pk), by=cast.noor)

    attempts = at_once(*[start] * 4)
    assert len({attempt.pk for attempt in attempts}) == 1
    assert Attempt.objects.count() == 1


def test_submissions_at_once_give_one_result(taking: Taking) -> None:
    taking.answer_all_right()

    def submit() -> Result:
        return services.submit_attempt(
            attempt=Attempt.objects.get(pk=taking.attempt.pk), by=taking.person
        )

    results = at_once(*[submit] * 4)
    assert len({result.pk for result in results}) == 1
    assert Result.objects.count() == 1
    assert Certification.objects.count() == 1


def test_answers_at_once_are_all_kept_as_versions(taking: Taking) -> None:
    def answer(*values: str) -> Callable[[], Response]:
        return lambda: taking.answer("2", *values)

    rows = at_once(answer("1"), answer("2"), answer("3"), answer("1", "2"))
    assert sorted(row.version for row in rows) == [1, 2, 3, 4]


def test_the_same_request_at_once_is_kept_once(taking: Taking) -> None:
    rows = at_once(*[lambda: taking.answer("1", "2", client_key="same")] * 4)
    assert len({row.pk for row in rows}) == 1
    assert Response.objects.count() == 1


def test_an_answer_beside_the_submission_is_marked_or_refused(taking: Taking) -> None:
    taking.answer("2", "1", "2")
    taking.answer("3", "1")

    def submit() -> Result:
        return services.submit_attempt(
            attempt=Attempt.objects.get(pk=taking.attempt.pk), by=taking.person
        )

    answered, result = at_once(lambda: taking.answer("1", "1"), submit)
    if isinstance(answered, Response):
        assert result.marks == 4
    else:
        assert isinstance(answered, services.AttemptOver)
        assert result.marks == 3
    assert Response.objects.count() == int(result.marks) - 1


def test_assigning_at_once_gives_one_duty(cast: Cast, module: Module) -> None:
    def assign() -> Assignment:
        return services.assign(person=cast.pia, module=module, by=cast.lena)

    duties = at_once(*[assign] * 4)
    assert len({duty.pk for duty in duties}) == 1


def test_acknowledging_at_once_gives_one_acknowledgement(cast: Cast, release: Any) -> None:
    rows = at_once(*[lambda: services.acknowledge(person=cast.noor, release=release)] * 4)
    assert len({row.pk for row in rows}) == 1
