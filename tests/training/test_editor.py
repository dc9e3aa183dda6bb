"""Writing modules and quizzes in Wagtail's admin: by those who may, without HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from people.models import User
from sop import services as sop_services
from sop.models import SOPIndexPage, SOPRelease
from tests.cast import Cast
from tests.sop import make as sop
from tests.training.make import LESSON, STEP, approve, take
from training import services
from training.choices import released_sops, released_steps
from training.models import Choice, Module, ModulePage, Question, Quiz
from training.permissions import can_edit_quiz

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def nested(prefix: str, rows: list[dict[str, Any]], initial: int = 0) -> dict[str, Any]:
    """A formset's fields as the browser posts them."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
        data[f"{prefix}-{number}-ORDER"] = number + 1
    return data


def posted(cast: Cast, *, options: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    question = {"type": "single", "marks": "1", "text_en": "Which?", "step_uid": str(STEP)}
    data = {"name_en": "Bins", "team": cast.pickers.pk, "pass_mark": 80, "wait_minutes": 0}
    data |= nested("questions", [question | fields.pop("question", {})])
    data |= nested("questions-0-choices", options)
    return data | fields


TWO = [{"text_en": "Left", "is_correct": "on"}, {"text_en": "Right"}]


def add(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("quizzes:add"), data)


def test_a_lead_writes_a_quiz_with_its_questions_on_one_page(
    cast: Cast, release: SOPRelease, sign_in: SignIn
) -> None:
    response = add(sign_in(cast.lena), posted(cast, options=TWO))
    assert response.status_code == 302
    quiz = Quiz.objects.get()
    [question] = quiz.questions.all()
    assert question.step_uid == STEP
    assert [(c.text_en, c.is_correct) for c in question.choices.all()] == [
        ("Left", True),
        ("Right", False),
    ]
    assert quiz.problems() == []


@pytest.mark.parametrize(
    ("options", "question", "message"),
    [
        ([{"text_en": "a"}, {"text_en": "b"}], {}, "Mark exactly one option as right."),
        ([{"text_en": "a", "is_correct": "on"}], {}, "Write at least two options."),
        ([{"text_en": "a"}, {"text_en": "b"}], {"type": "multiple"}, "Mark at least one option"),
        (TWO, {"type": "truefalse"}, "no options of its own"),
        (TWO, {"text_en": ""}, "Write the text in English, in Chinese or in both."),
        ([*TWO, {"text_en": ""}], {}, "Write the text in English, in Chinese or in both."),
        (TWO, {"marks": "0"}, "more than 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_not_saved(
    cast: Cast,
    sign_in: SignIn,
    options: list[dict[str, Any]],
    question: dict[str, Any],
    message: str,
) -> None:
    data = posted(cast, options=options, question={"step_uid": ""} | question)
    response = add(sign_in(cast.lena), data)
    assert message in response.content.decode()
    assert not Quiz.objects.exists()
    assert not Question.objects.exists()


def test_a_quiz_needs_a_question(cast: Cast, sign_in: SignIn) -> None:
    data = posted(cast, options=TWO) | nested("questions", [])
    assert "at least one question" in add(sign_in(cast.lena), data).content.decode()
    assert not Quiz.objects.exists()


def test_a_lead_writes_for_the_own_team_only(cast: Cast, sign_in: SignIn) -> None:
    data = posted(cast, options=TWO, team=cast.packers.pk, question={"step_uid": ""})
    add(sign_in(cast.lena), data)
    assert not Quiz.objects.exists()


@pytest.mark.parametrize("name", ["edit", "delete", "history", "usage"])
@pytest.mark.parametrize(
    ("who", "status"), [("lena", 200), ("ada", 200), ("leo", 404), ("ping", 404), ("noor", 404)]
)
def test_who_opens_a_quiz_in_the_editor(
    cast: Cast, quiz: Quiz, sign_in: SignIn, name: str, who: str, status: int
) -> None:
    response = sign_in(getattr(cast, who)).get(reverse(f"quizzes:{name}", args=[quiz.pk]))
    assert response.status_code == status


def test_the_list_holds_ones_own_quizzes(cast: Cast, quiz: Quiz, sign_in: SignIn) -> None:
    place = reverse("quizzes:index")
    assert "Scan quiz" in sign_in(cast.lena).get(place).content.decode()
    assert "Scan quiz" not in sign_in(cast.leo).get(place).content.decode()


def test_another_lead_cannot_change_or_delete_a_quiz(
    cast: Cast, quiz: Quiz, sign_in: SignIn
) -> None:
    client = sign_in(cast.leo)
    for name in ("edit", "delete"):
        place = reverse(f"quizzes:{name}", args=[quiz.pk])
        assert client.post(place, posted(cast, options=TWO)).status_code == 404
    quiz.refresh_from_db()
    assert quiz.name_en == "Scan quiz"


def test_one_quiz_can_be_granted_to_a_colleague_and_withdrawn(
    cast: Cast, quiz: Quiz, sign_in: SignIn
) -> None:
    place = reverse("quizzes:edit", args=[quiz.pk])
    services.set_editors(quiz=quiz, people=[cast.leo], by=cast.lena)
    assert can_edit_quiz(cast.leo, quiz)
    assert sign_in(cast.leo).get(place).status_code == 200
    services.set_editors(quiz=quiz, people=[], by=cast.lena)
    assert sign_in(cast.leo).get(place).status_code == 404


def edited(quiz: Quiz, **fields: Any) -> dict[str, Any]:
    """The quiz as its edit form would post it back."""
    questions = list(quiz.questions.all())
    names = ("id", "type", "marks", "text_en", "text_zh", "feedback_en", "feedback_zh")
    rows = [{name: getattr(question, name) for name in names} for question in questions]
    data = {"name_en": quiz.name_en, "team": quiz.team_id, "pass_mark": 80, "wait_minutes": 0}
    data |= nested("questions", rows, initial=len(rows))
    for number, question in enumerate(questions):
        options = list(question.choices.all())
        data |= nested(
            f"questions-{number}-choices",
            [
                {"id": option.pk, "text_en": option.text_en}
                | ({"is_correct": "on"} if option.is_correct else {})
                for option in options
            ],
            initial=len(options),
        )
    return data | fields


def test_a_lead_lets_a_colleague_in_from_the_edit_page(
    cast: Cast, quiz: Quiz, sign_in: SignIn
) -> None:
    place = reverse("quizzes:edit", args=[quiz.pk])
    response = sign_in(cast.lena).post(place, edited(quiz, editors=[cast.leo.pk]))
    assert response.status_code == 302
    assert list(quiz.editors()) == [cast.leo]


def test_whoever_was_let_in_lets_nobody_else_in(cast: Cast, quiz: Quiz, sign_in: SignIn) -> None:
    services.set_editors(quiz=quiz, people=[cast.leo], by=cast.lena)
    place = reverse("quizzes:edit", args=[quiz.pk])
    data = edited(quiz, name_en="Better", editors=[cast.ping.pk])
    assert sign_in(cast.leo).post(place, data).status_code == 302
    quiz.refresh_from_db()
    assert quiz.name_en == "Better"
    assert list(quiz.editors()) == [cast.leo]


def test_a_quiz_that_was_asked_is_not_deleted(
    cast: Cast, module: Module, quiz: Quiz, sign_in: SignIn
) -> None:
    take(cast.noor, module)
    response = sign_in(cast.lena).post(reverse("quizzes:delete", args=[quiz.pk]), follow=True)
    assert "so it stays" in response.content.decode()
    assert Quiz.objects.filter(pk=quiz.pk).exists()


def test_a_quiz_nobody_asked_can_be_deleted(cast: Cast, quiz: Quiz, sign_in: SignIn) -> None:
    sign_in(cast.lena).post(reverse("quizzes:delete", args=[quiz.pk]))
    assert not Quiz.objects.exists()
    assert not Choice.objects.exists()


# --- Modules in the page editor -----------------------------------------------


def section(cast: Cast) -> SOPIndexPage:
    return SOPIndexPage.objects.get(team=cast.pickers, locale__language_code="en")


def test_a_lead_begins_a_module_in_the_teams_section(
    cast: Cast, quiz: Quiz, release: SOPRelease, sign_in: SignIn
) -> None:
    place = reverse("wagtailadmin_pages:add", args=["training", "modulepage", section(cast).pk])
    html = sign_in(cast.lena).get(place).content.decode()
    assert "Scan quiz" in html
    assert "PK-03 Pick an order" in html
    assert sign_in(cast.leo).get(place).status_code in (302, 403, 404)


def test_authors_choose_from_what_is_in_force(cast: Cast, sop_page: Any, quiz: Quiz) -> None:
    assert released_sops() == released_steps() == []
    release = sop.approve(cast, sop_page)
    assert released_sops() == [(str(release.sop_key), "PK-03 Pick an order")]
    assert released_steps()[0][1][0] == (str(STEP), "1. Scan the bin")


def test_the_preview_shows_the_draft_to_its_author(
    cast: Cast, module_page: ModulePage, sign_in: SignIn
) -> None:
    place = reverse("wagtailadmin_pages:view_draft", args=[module_page.pk])
    html = sign_in(cast.lena).get(place).content.decode()
    assert "Draft, not approved" in html
    assert "Read the label." in html
    response = sign_in(cast.leo).get(place)
    assert "Read the label." not in response.content.decode()


def test_a_released_module_is_not_deleted(
    cast: Cast, module: Module, module_page: ModulePage, sign_in: SignIn
) -> None:
    for person in (cast.lena, cast.ada):
        sign_in(person).post(reverse("wagtailadmin_pages:delete", args=[module_page.pk]))
        assert ModulePage.objects.filter(pk=module_page.pk).exists()


# --- Review and translation -----------------------------------------------------


def test_an_approver_reads_the_module_with_its_quiz_and_approves_what_was_read(
    cast: Cast, module_page: ModulePage, sign_in: SignIn
) -> None:
    author, approver = sign_in(cast.lena), sign_in(cast.ping)
    author.post(reverse("sop:submit", args=[module_page.pk]), {"change_summary": "For starters."})
    place = reverse("sop:review", args=[module_page.pk])
    html = approver.get(place).content.decode()
    for part in ("For starters.", "Read the label.", "Scan the bin, calmly.", "The bin (right)"):
        assert part in html
    state = module_page.current_workflow_task_state
    approver.post(place, {"approve": "1", "seen_sha256": state.content_sha256})
    module = Module.objects.get()
    assert module.version.approved_by == cast.ping
    assert module.version.change_summary == "For starters."


def test_a_page_changed_after_handing_in_is_not_approved(
    cast: Cast, module_page: ModulePage, sign_in: SignIn
) -> None:
    state = sop_services.submit_for_approval(page=module_page, by=cast.lena)
    revision = state.revision
    revision.content["summary"] = "Something else."
    revision.save(update_fields=["content"])
    place = reverse("sop:review", args=[module_page.pk])
    sign_in(cast.ping).post(place, {"approve": "1", "seen_sha256": state.content_sha256})
    assert not Module.objects.exists()


def test_a_module_is_translated_string_by_string_and_keeps_its_lessons(
    cast: Cast, module: Module, module_page: ModulePage
) -> None:
    source, _ = TranslationSource.update_or_create_from_instance(module_page)
    chinese = Locale.objects.get(language_code="zh-hans")
    wanted = Translation.objects.create(source=source, target_locale=chinese)
    strings = {
        "Scanning": "扫描", "You scan the right bin.": "会扫对库位。", "Bins": "库位",
        "Read the label.": "看标签。",
    }  # fmt: skip
    for segment in source.stringsegment_set.all():
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=chinese,
            context=segment.context,
            data=strings[segment.string.data],
        )
    wanted.save_target(user=cast.lena, publish=False)
    page = module_page.get_translation(chinese)
    approve(cast, page)
    text = module.version.texts.get(language="zh-hans")
    assert text.title == "扫描"
    assert [lesson["uid"] for lesson in text.lessons] == [LESSON]
    assert text.lessons[0]["body"] == [
        {"type": "text", "html": "<p>看标签。</p>"},
        {"type": "step", "step_uid": str(STEP)},
    ]
    assert Module.objects.get().version == module.version
