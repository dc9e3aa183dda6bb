"""What each type of question means: freezing it, showing it, reading an answer, marking it.

An attempt keeps its questions frozen, as a list of plain dicts, in the order in which they are
asked:

    {"key": "1", "question": 17, "hash": "9f2c...", "type": "single", "marks": "1.00",
     "step_uid": "..." or None, "text": {"en": ..., "zh-hans": ...}, "feedback": {...},
     "choices": [{"key": "1", "choice": 40, "text": {...}, "correct": True, "feedback": {...}}]}

Keys are places in that order and say nothing about which option was written first. An answer
is a list of option keys, sorted. `Shown` holds what may leave the server before submission; it
has no field for the key or the feedback, so that a template cannot give them away.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from sop.canonical import sha256
from training.languages import LANGUAGES, pick

if TYPE_CHECKING:
    from training.models import Question

Frozen = dict[str, Any]
Answer = list[str]


class InvalidAnswer(ValueError):
    """The answer names an option that the question does not have, or too many of them."""


@dataclass(frozen=True)
class ShownChoice:
    key: str
    text: str


@dataclass(frozen=True)
class Shown:
    """A question as it is asked, in one language."""

    key: str
    type: str
    text: str
    marks: Decimal
    many: bool
    choices: tuple[ShownChoice, ...]


@dataclass(frozen=True)
class ReviewedChoice:
    key: str
    text: str
    picked: bool
    correct: bool | None  # None: not told
    feedback: str


@dataclass(frozen=True)
class Reviewed:
    """A question after submission, with what was answered, what is right, and why."""

    key: str
    text: str
    feedback: str
    earned: Decimal
    marks: Decimal
    answered: bool
    step_uid: str | None
    choices: tuple[ReviewedChoice, ...]

    @property
    def right(self) -> bool:
        return self.earned == self.marks


class ChoiceQuestion:
    """Options of which one is right."""

    many = False

    def problems(self, right: Sequence[bool]) -> list[str]:
        """What is missing before the question can be asked; `right` has one flag an option."""
        found = []
        if len(right) < 2:
            found.append(_("Write at least two options."))
        if sum(right) != 1:
            found.append(_("Mark exactly one option as right."))
        return found

    def options(self, question: Question) -> list[Frozen]:
        return [
            {
                "choice": choice.pk,
                "text": choice.in_both("text"),
                "correct": choice.is_correct,
                "feedback": choice.in_both("feedback"),
            }
            for choice in question.choices.all()
        ]

    def shuffled(self, options: list[Frozen], rng: random.Random) -> list[Frozen]:
        return rng.sample(options, len(options))

    def read(self, frozen: Frozen, values: Sequence[str]) -> Answer:
        """The answer in the form in which it is kept; empty means that it was cleared."""
        keys = {choice["key"] for choice in frozen["choices"]}
        answer = sorted(set(values))
        if not set(answer) <= keys or (len(answer) > 1 and not self.many):
            raise InvalidAnswer(_("This answer does not fit the question."))
        return answer

    def mark(self, frozen: Frozen, answer: Answer) -> Decimal:
        """All or nothing: exactly the right options give the marks, anything else 0."""
        right = {choice["key"] for choice in frozen["choices"] if choice["correct"]}
        return Decimal(frozen["marks"]) if set(answer) == right else Decimal(0)


class MultipleChoiceQuestion(ChoiceQuestion):
    """Options of which one or more are right; all of them and no other must be picked."""

    many = True

    def problems(self, right: Sequence[bool]) -> list[str]:
        found = []
        if len(right) < 2:
            found.append(_("Write at least two options."))
        if not any(right):
            found.append(_("Mark at least one option as right."))
        return found


class TrueFalseQuestion(ChoiceQuestion):
    """A statement; its two options are made here and keep their order."""

    def problems(self, right: Sequence[bool]) -> list[str]:
        return (
            [_("A true-or-false question has no options of its own: remove them.")] if right else []
        )

    def options(self, question: Question) -> list[Frozen]:
        def option(text: Any, correct: bool) -> Frozen:
            texts = {}
            for language in LANGUAGES:
                with translation.override(language):
                    texts[language] = str(text())
            silent = dict.fromkeys(LANGUAGES, "")
            return {"choice": None, "text": texts, "correct": correct, "feedback": silent}

        truth = question.statement_is_true
        return [option(lambda: _("True"), truth), option(lambda: _("False"), not truth)]

    def shuffled(self, options: list[Frozen], rng: random.Random) -> list[Frozen]:
        return options


TYPES: dict[str, ChoiceQuestion] = {
    "single": ChoiceQuestion(),
    "multiple": MultipleChoiceQuestion(),
    "truefalse": TrueFalseQuestion(),
}


def problems(question: Question) -> list[str]:
    """What is missing before the question can be asked."""
    return TYPES[question.type].problems([choice.is_correct for choice in question.choices.all()])


def freeze(questions: Sequence[Question], *, shuffle: bool, rng: random.Random) -> list[Frozen]:
    """The questions as an attempt keeps them, in the order in which it asks them."""
    order = rng.sample(list(questions), len(questions)) if shuffle else list(questions)
    frozen = []
    for place, question in enumerate(order, start=1):
        kind = TYPES[question.type]
        options = kind.options(question)
        content: Frozen = {
            "type": question.type,
            "text": question.in_both("text"),
            "feedback": question.in_both("feedback"),
            "marks": str(question.marks),
            "step_uid": str(question.step_uid) if question.step_uid else None,
        }
        fingerprint = sha256({**content, "choices": options})
        asked = kind.shuffled(options, rng) if shuffle else options
        frozen.append(
            {
                "key": str(place),
                "question": question.pk,
                "hash": fingerprint,
                **content,
                "choices": [{"key": str(n), **option} for n, option in enumerate(asked, start=1)],
            }
        )
    return frozen


def shown(frozen: Frozen, language: str | None = None) -> Shown:
    return Shown(
        key=frozen["key"],
        type=frozen["type"],
        text=pick(frozen["text"], language),
        marks=Decimal(frozen["marks"]),
        many=TYPES[frozen["type"]].many,
        choices=tuple(
            ShownChoice(choice["key"], pick(choice["text"], language))
            for choice in frozen["choices"]
        ),
    )


def read(frozen: Frozen, values: Sequence[str]) -> Answer:
    """Raises InvalidAnswer."""
    return TYPES[frozen["type"]].read(frozen, values)


def mark(frozen: Frozen, answer: Answer) -> Decimal:
    return TYPES[frozen["type"]].mark(frozen, answer)


def reviewed(
    frozen: Frozen, answer: Answer, *, earned: Decimal, reveal: bool, language: str | None = None
) -> Reviewed:
    """The question after submission; feedback of an option only for whoever picked it.

    `reveal` says whether options that were not picked show if they are right: not to a person
    who may still try the same question again.
    """
    return Reviewed(
        key=frozen["key"],
        text=pick(frozen["text"], language),
        feedback=pick(frozen["feedback"], language),
        earned=earned,
        marks=Decimal(frozen["marks"]),
        answered=bool(answer),
        step_uid=frozen["step_uid"],
        choices=tuple(
            ReviewedChoice(
                key=choice["key"],
                text=pick(choice["text"], language),
                picked=choice["key"] in answer,
                correct=choice["correct"] if reveal or choice["key"] in answer else None,
                feedback=pick(choice["feedback"], language) if choice["key"] in answer else "",
            )
            for choice in frozen["choices"]
        ),
    )
