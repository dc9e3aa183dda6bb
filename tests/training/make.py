"""Modules for tests: a procedure, a quiz and a module of the pickers, made by the services."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from people.models import User
from sop import services as sop_services
from sop.models import SOPPage, SOPRelease
from tests.cast import Cast
from tests.sop import make as sop
from training import services
from training.models import Assignment, Attempt, Module, ModulePage, Quiz

# A Monday in Shanghai, in the morning.
NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)
STEP = uuid.UUID("11111111-0000-4000-8000-000000000001")
LESSON = "22222222-0000-4000-8000-000000000001"

# Planted in what nobody may see before handing in.
KEY_MARKS = ("FEEDBACK-RIGHT", "FEEDBACK-WRONG", "EXPLANATION", "反馈", "解释")

QUESTIONS: list[dict[str, Any]] = [
    {
        "type": "single",
        "text": {"en": "What do you scan first?", "zh-hans": "先扫什么？"},
        "feedback": {"en": "EXPLANATION one", "zh-hans": "解释一"},
        "step_uid": STEP,
        "choices": [
            {
                "text": {"en": "The bin", "zh-hans": "库位"},
                "correct": True,
                "feedback": {"en": "FEEDBACK-RIGHT bin", "zh-hans": "反馈对"},
            },
            {
                "text": {"en": "The item", "zh-hans": "商品"},
                "feedback": {"en": "FEEDBACK-WRONG item", "zh-hans": "反馈错"},
            },
            {"text": {"en": "Nothing", "zh-hans": "都不扫"}},
        ],
    },
    {
        "type": "multiple",
        "text": {"en": "What goes to the bottom?", "zh-hans": "哪些放底部？"},
        "feedback": {"en": "EXPLANATION two"},
        "marks": 2,
        "choices": [
            {"text": {"en": "Heavy pieces"}, "correct": True},
            {"text": {"en": "Boxes"}, "correct": True},
            {"text": {"en": "Glass"}, "feedback": {"en": "FEEDBACK-WRONG glass"}},
        ],
    },
    {
        "type": "truefalse",
        "text": {"en": "A set is one piece.", "zh-hans": "套装算一件。"},
        "feedback": {"en": "EXPLANATION three", "zh-hans": "解释三"},
        "statement_is_true": True,
    },
]


def approve(cast: Cast, page: ModulePage) -> Module:
    """Handed in by Lena, approved by Ping."""
    state = sop_services.submit_for_approval(page=page, by=cast.lena)
    sop_services.approve(page=page, by=cast.ping, seen_sha256=state.content_sha256)
    return Module.objects.select_related("current").get(key=page.translation_key)


def a_sop(cast: Cast, **values: Any) -> SOPPage:
    """A draft of PK-03 whose first step is `STEP`."""
    steps = [sop.step("Scan the bin", uid=STEP), sop.step("Take the item")]
    return sop.a_draft(cast, steps=steps, **values)


def a_quiz(cast: Cast, **values: Any) -> Quiz:
    """Three questions, 4 marks, pass at 80 %, two attempts, in the order written."""
    given = {"attempt_limit": 2, "shuffle": False, "questions": QUESTIONS} | values
    name = {"en": "Scan quiz", "zh-hans": "扫描测验"}
    return services.create_quiz(team=cast.pickers, name=name, by=cast.lena, **given)


def lessons(title: str, text: str) -> list[dict[str, Any]]:
    return [
        {
            "uid": LESSON,
            "title": title,
            "minutes": 3,
            "body": [
                {"type": "text", "html": f"<p>{text}</p>"},
                {"type": "step", "step_uid": STEP},
            ],
        }
    ]


def a_module_page(
    cast: Cast,
    *,
    sops: tuple[SOPRelease, ...] = (),
    quiz: Quiz | None = None,
    languages: tuple[str, ...] = ("en",),
    **values: Any,
) -> ModulePage:
    """A draft of the pickers, written by Lena."""
    texts = {
        "en": {
            "title": "Scanning",
            "summary": "You scan the right bin.",
            "lessons": lessons("Bins", "Read the label."),
        },
        "zh-hans": {
            "title": "扫描",
            "summary": "会扫对库位。",
            "lessons": lessons("库位", "看标签。"),
        },
    }
    return services.create_module(
        slug=values.pop("slug", "scan-pick"),
        team=cast.pickers,
        roles=values.pop("roles", [cast.picker]),
        sop_keys=[release.sop_key for release in sops],
        quiz=quiz,
        by=cast.lena,
        texts=values.pop("texts", {language: texts[language] for language in languages}),
        **values,
    )


def in_both_languages(cast: Cast, page: ModulePage) -> Module:
    """Approved in the source language, then in the other ones."""
    module = approve(cast, page)
    for translation in page.get_translations():
        approve(cast, translation.specific)
    module.refresh_from_db()
    return module


def a_module(cast: Cast) -> Module:
    """Approved, with its procedure in force and its quiz; due for Noor and Wei, who pick."""
    release = sop.approve(cast, a_sop(cast))
    return approve(cast, a_module_page(cast, sops=(release,), quiz=a_quiz(cast)))


def duty_of(person: User, module: Module) -> Assignment:
    return Assignment.objects.open().get(person=person, module=module)


@dataclass
class Taking:
    """Somebody takes the quiz."""

    attempt: Attempt
    person: User

    def answer(self, key: str, *values: str, client_key: str = "", **kwargs: Any) -> Any:
        return services.save_answer(
            attempt=self.attempt,
            question_key=key,
            values=values,
            by=self.person,
            client_key=client_key or uuid.uuid4().hex,
            **kwargs,
        )

    def answer_all_right(self) -> None:
        self.answer("1", "1")
        self.answer("2", "1", "2")
        self.answer("3", "1")

    def submit(self, at: dt.datetime | None = None) -> Any:
        return services.submit_attempt(attempt=self.attempt, by=self.person, at=at)


def take(person: User, module: Module) -> Taking:
    attempt = services.start_attempt(assignment=duty_of(person, module), by=person)
    return Taking(attempt, person)
