"""An SOP, a quiz and a module of the pickers, made and approved through the services."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from people.models import User
from sop import services as sop_services
from sop.models import ControlledPage, SOPPage, SOPRelease
from tests.cast import Cast
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


@pytest.fixture
def clock() -> Any:
    """The server's clock, standing at `NOW` until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def approve(page: ControlledPage, by: User, approver: User) -> None:
    state = (
        sop_services.submit_for_approval(page=page, by=by, change_summary="First.")
        if (isinstance(page, SOPPage))
        else sop_services.submit_for_approval(page=page, by=by)
    )
    sop_services.approve(page=page, by=approver, seen_sha256=state.content_sha256)


def release_sop(cast: Cast, page: SOPPage) -> SOPRelease:
    approve(page, cast.lena, cast.ping)
    return SOPRelease.objects.of_sop(page.translation_key).order_by("-sequence").first()


def sop_text(title: str, step: str) -> dict[str, Any]:
    return {
        "title": title,
        "purpose": "<p>Why.</p>",
        "change_summary": "First.",
        "steps": [
            {"uid": STEP, "title": step, "role": "picker", "instruction": f"<p>{step}, slowly.</p>"}
        ],
    }


@pytest.fixture
def sop_page(cast: Cast, clock: Any) -> SOPPage:
    return sop_services.create_sop(
        code="PK-03",
        team=cast.pickers,
        roles=[cast.picker],
        by=cast.lena,
        texts={
            "en": sop_text("Scan pick", "Scan the bin"),
            "zh-hans": sop_text("扫描拣货", "扫描库位"),
        },
    )


@pytest.fixture
def release(cast: Cast, sop_page: SOPPage) -> SOPRelease:
    """PK-03 1.0, in force, in both languages."""
    first = release_sop(cast, sop_page)
    for translation in sop_page.get_translations():
        approve(translation.specific, cast.lena, cast.ping)
    return first


@pytest.fixture
def quiz(cast: Cast, clock: Any) -> Quiz:
    """Three questions, 4 marks, pass at 80 %, two attempts, in the order written."""
    return services.create_quiz(
        team=cast.pickers,
        name={"en": "Scan quiz", "zh-hans": "扫描测验"},
        questions=QUESTIONS,
        attempt_limit=2,
        shuffle=False,
        by=cast.lena,
    )


def lesson_text(title: str, text: str) -> list[dict[str, Any]]:
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


@pytest.fixture
def module_page(cast: Cast, release: SOPRelease, quiz: Quiz) -> ModulePage:
    return services.create_module(
        slug="scan-pick",
        team=cast.pickers,
        roles=[cast.picker],
        sop_keys=[release.sop_key],
        quiz=quiz,
        by=cast.lena,
        texts={
            "en": {
                "title": "Scanning",
                "summary": "You scan the right bin.",
                "lessons": lesson_text("Bins", "Read the label."),
            },
            "zh-hans": {
                "title": "扫描",
                "summary": "会扫对库位。",
                "lessons": lesson_text("库位", "看标签。"),
            },
        },
    )


@pytest.fixture
def module(cast: Cast, module_page: ModulePage) -> Module:
    """The module, approved in both languages; due for Noor and Wei, who pick."""
    approve(module_page, cast.lena, cast.ping)
    for translation in module_page.get_translations():
        approve(translation.specific, cast.lena, cast.ping)
    return Module.objects.select_related("current").get(key=module_page.translation_key)


def duty_of(person: User, module: Module) -> Assignment:
    return Assignment.objects.open().get(person=person, module=module)


@dataclass
class Taking:
    """Noor takes the quiz."""

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


@pytest.fixture
def taking(cast: Cast, module: Module) -> Taking:
    return take(cast.noor, module)


def later(**kwargs: float) -> dt.datetime:
    return timezone.now() + dt.timedelta(**kwargs)
