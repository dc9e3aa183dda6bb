"""Writing quizzes from plain data, and letting a colleague edit one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from people.audit import record
from people.models import Team, User
from training.languages import LANGUAGES, Texts
from training.models import Choice, Question, Quiz
from training.services.errors import NotReady


@transaction.atomic
def create_quiz(
    *,
    team: Team,
    name: Texts,
    questions: Sequence[Mapping[str, Any]],
    by: User | None,
    pass_mark: int = 80,
    attempt_limit: int | None = 3,
    wait_minutes: int = 0,
    time_limit_minutes: int | None = None,
    shuffle: bool = True,
) -> Quiz:
    """A quiz of the team with its questions. Texts are `{"en": ..., "zh-hans": ...}`, one may lack.

    A question is `{"type": "single" | "multiple" | "truefalse", "text", "feedback", "marks",
    "step_uid", "choices": [{"text", "correct", "feedback"}], "statement_is_true"}`: `choices` for
    single and multiple, `statement_is_true` for truefalse; feedback, marks (1) and step_uid may
    be left out.

    Raises NotReady with everything that is wrong, each with the question's number.
    """
    quiz = Quiz(
        team=team,
        pass_mark=pass_mark,
        attempt_limit=attempt_limit,
        wait_minutes=wait_minutes,
        time_limit_minutes=time_limit_minutes,
        shuffle=shuffle,
        **_fields("name", name),
    )
    _save(quiz)
    for order, data in enumerate(questions):
        question = Question(
            quiz=quiz,
            sort_order=order,
            type=data["type"],
            statement_is_true=data.get("statement_is_true", True),
            marks=Decimal(str(data.get("marks", 1))),
            step_uid=data.get("step_uid"),
            **_fields("text", data["text"]),
            **_fields("feedback", data.get("feedback", {})),
        )
        _save(question)
        for place, option in enumerate(data.get("choices", ())):
            _save(
                Choice(
                    question=question,
                    sort_order=place,
                    is_correct=option.get("correct", False),
                    **_fields("text", option["text"]),
                    **_fields("feedback", option.get("feedback", {})),
                )
            )
    quiz = Quiz.objects.get(pk=quiz.pk)
    if found := quiz.problems():
        raise NotReady(" ".join(found))
    record(by=by, verb="quiz.created", target=quiz, questions=len(questions))
    return quiz


def _fields(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name}_{ending}": texts.get(code, "") for code, ending in LANGUAGES.items()}


def _save(thing: Quiz | Question | Choice) -> None:
    try:
        thing.full_clean()
    except ValidationError as error:
        raise NotReady(" ".join(error.messages)) from error
    thing.save()


@transaction.atomic
def set_editors(*, quiz: Quiz, people: Iterable[User], by: User | None) -> None:
    """Exactly these people may edit this one quiz besides the leads of its team."""
    wanted = {person.pk: person for person in people}
    held = {person.pk: person for person in quiz.editors()}
    for pk in wanted.keys() - held.keys():
        assign_perm("training.change_quiz", wanted[pk], quiz)
        record(by=by, verb="quiz.editor_granted", target=quiz, person=pk)
    for pk in held.keys() - wanted.keys():
        remove_perm("training.change_quiz", held[pk], quiz)
        record(by=by, verb="quiz.editor_withdrawn", target=quiz, person=pk)
