"""Taking a quiz: start, answer, hand in. The server's clock decides, and each step happens once.

Concurrency: the row of the attempt is the lock. Saving an answer and closing the attempt both
begin with a conditional UPDATE of that row, so an answer is either in the attempt before it is
marked, or refused. This holds on SQLite, where `select_for_update` does nothing.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from people.audit import record
from people.models import User
from sop.canonical import sha256
from training import question_types
from training.models import Assignment, Attempt, Module, Response, Result
from training.services.certificates import certify
from training.services.duties import assign
from training.services.errors import AttemptOver, NoAttemptsLeft, NotReady, TooEarly


def start_attempt(
    *,
    assignment: Assignment,
    by: User,
    at: dt.datetime | None = None,
    rng: random.Random | None = None,
) -> Attempt:
    """The open attempt of the assignment, or a new one with its questions frozen now.

    Two starts at once give one attempt. Raises NotReady, NoAttemptsLeft or TooEarly; the
    attempt is always the assigned person's own, whoever `by` is.
    """
    at = at or timezone.now()
    settle(assignment=assignment, at=at)
    if running := assignment.attempts.open().first():
        return running
    if not Assignment.objects.open().filter(pk=assignment.pk).exists():
        raise NotReady(_("This module is no longer due for you, so its quiz can't be started."))
    try:
        with transaction.atomic():
            return _start(assignment, by, at, rng or random.SystemRandom())
    except IntegrityError:
        # Somebody, or another tab, was quicker: a number or an open attempt exists once.
        running = assignment.attempts.open().first()
        if running is None:
            raise
        return running


def begin_quiz(*, person: User, module: Module, at: dt.datetime | None = None) -> Attempt:
    """The person's attempt at the module's quiz, running or new; chooses the module if need be.

    Raises what `start_attempt` raises, and TrainingError for a module that is not offered.
    """
    with transaction.atomic():
        assignment = assign(
            person=person, module=module, reason=Assignment.Reason.OWN, by=person, at=at
        )
    return start_attempt(assignment=assignment, by=person, at=at)


def _start(assignment: Assignment, by: User, at: dt.datetime, rng: random.Random) -> Attempt:
    version = assignment.module.version
    quiz = version.quiz
    if quiz is None or not (questions := list(quiz.questions.all())):
        raise NotReady(_("This module has no quiz yet."))
    past = assignment.attempts.order_by("-number").first()
    if past is not None and past.is_open:
        return past
    number = past.number + 1 if past else 1
    limit = attempts_allowed(assignment)
    if limit is not None and number > limit:
        raise NoAttemptsLeft(
            ngettext(
                "The one attempt allowed is used up. Ask your lead for another one.",
                "All %(limit)s attempts are used up. Ask your lead for another one.",
                limit,
            )
            % {"limit": limit}
        )
    if past is not None and past.closed_at is not None:
        again = past.closed_at + dt.timedelta(minutes=quiz.wait_minutes)
        if at < again:
            raise TooEarly(
                _("You can try again from %(time)s.")
                % {"time": date_format(timezone.localtime(again), "DATETIME_FORMAT")}
            )
    frozen = question_types.freeze(questions, shuffle=quiz.shuffle, rng=rng)
    minutes = quiz.time_limit_minutes
    attempt = Attempt.objects.create(
        assignment=assignment,
        person=assignment.person,
        quiz=quiz,
        version=version,
        number=number,
        limit=limit,
        started_at=at,
        deadline_at=at + dt.timedelta(minutes=minutes) if minutes else None,
        pass_mark=quiz.pass_mark,
        questions=frozen,
        content_hash=sha256(frozen),
    )
    record(by=by, verb="attempt.started", target=attempt, at=at, number=number)
    return attempt


def attempts_allowed(assignment: Assignment) -> int | None:
    """How many attempts the assignment has in all; None: no limit."""
    quiz = assignment.module.version.quiz
    if quiz is None or quiz.attempt_limit is None:
        return None
    return quiz.attempt_limit + assignment.extra_attempts


def save_answer(
    *,
    attempt: Attempt,
    question_key: str,
    values: Sequence[str],
    client_key: str,
    by: User,
    at: dt.datetime | None = None,
) -> Response:
    """Keeps an answer as given and returns its row; the same `client_key` again adds nothing,
    and neither does the answer that is the last one already.

    A key that comes with another answer (a browser's back button) is kept as another version.
    Raises AttemptOver, or `question_types.InvalidAnswer`. No audit record: the row is one.
    """
    at = at or timezone.now()
    frozen = attempt.question(question_key)
    if frozen is None:
        raise question_types.InvalidAnswer(_("This question is not part of the quiz."))
    answer = question_types.read(frozen, values)
    with transaction.atomic():
        taken = (
            Attempt.objects.open()
            .filter(Q(deadline_at=None) | Q(deadline_at__gt=at), pk=attempt.pk)
            .update(saves=F("saves") + 1)
        )
        if taken:
            return _save(attempt, question_key, answer, client_key, at)
    settle(assignment=attempt.assignment, at=at)
    attempt.refresh_from_db(fields=["state", "closed_at"])
    if attempt.state == Attempt.State.EXPIRED:
        raise AttemptOver(
            _("The time was over at %(time)s, so this answer was not taken.")
            % {"time": date_format(timezone.localtime(attempt.deadline_at), "TIME_FORMAT")}
        )
    raise AttemptOver(_("The quiz has been handed in, so this answer was not taken."))


def _save(
    attempt: Attempt, question_key: str, answer: list[str], client_key: str, at: dt.datetime
) -> Response:
    rows = attempt.responses.filter(question_key=question_key)
    sent = rows.filter(client_key=client_key).order_by("-client_seq").first()
    if sent is not None and sent.answer == answer:
        return sent
    last = rows.order_by("-version").first()
    if last is not None and last.answer == answer:
        return last
    return Response.objects.create(
        attempt=attempt,
        question_key=question_key,
        version=last.version + 1 if last else 1,
        answer=answer,
        client_key=client_key,
        client_seq=sent.client_seq + 1 if sent else 1,
        saved_at=at,
    )


def submit_attempt(*, attempt: Attempt, by: User, at: dt.datetime | None = None) -> Result:
    """Closes and marks the attempt; a second submission returns the same result.

    After the deadline the attempt counts as expired, with the answers that were saved in time.
    """
    return _close(attempt, at or timezone.now(), by)


def settle(*, assignment: Assignment, at: dt.datetime | None = None) -> None:
    """Closes the assignment's attempt if its time is over."""
    at = at or timezone.now()
    for attempt in assignment.attempts.overdue(at):
        _close(attempt, at, None)


def expire_overdue(*, at: dt.datetime | None = None) -> int:
    """Closes every attempt whose time is over; returns how many."""
    at = at or timezone.now()
    overdue = list(Attempt.objects.overdue(at))
    for attempt in overdue:
        _close(attempt, at, None)
    return len(overdue)


@transaction.atomic
def _close(attempt: Attempt, at: dt.datetime, by: User | None) -> Result:
    """Whoever changes the state marks; everybody else reads that result."""
    state, end = Attempt.State.SUBMITTED, at
    if attempt.deadline_at is not None and at >= attempt.deadline_at:
        state, end = Attempt.State.EXPIRED, attempt.deadline_at
    closed = Attempt.objects.open().filter(pk=attempt.pk).update(state=state, closed_at=end)
    attempt.refresh_from_db()
    if not closed:
        return attempt.results.latest("number")
    answers = attempt.answers()
    marks = {
        frozen["key"]: question_types.mark(
            frozen, answers[frozen["key"]].answer if frozen["key"] in answers else []
        )
        for frozen in attempt.questions
    }
    earned, full = sum(marks.values(), Decimal(0)), attempt.max_marks
    result = Result.objects.create(
        attempt=attempt,
        marks=earned,
        max_marks=full,
        passed=earned * 100 >= attempt.pass_mark * full,
        by_question={key: str(value) for key, value in marks.items()},
        made_at=end,
        made_by=by,
    )
    record(
        by=by,
        verb=f"attempt.{state}",
        target=attempt,
        at=end,
        marks=str(earned),
        max_marks=str(full),
        passed=result.passed,
    )
    if result.passed:
        certify(
            person=attempt.person,
            module=attempt.assignment.module,
            version=attempt.version,
            attempt=attempt,
            by=by,
            at=end,
        )
    return result
