"""Modules: written in Wagtail, approved by four eyes, taken as last approved."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from people.models import User
from sop import services as sop_services
from sop.approval import ApprovalError
from sop.models import SOPRelease
from tests.cast import Cast
from tests.training.make import LESSON, a_module_page, approve, in_both_languages, lessons
from training import services
from training.models import Assignment, Module, ModulePage, Quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def bilingual_page(cast: Cast, release: SOPRelease, quiz: Quiz) -> ModulePage:
    return a_module_page(cast, sops=(release,), quiz=quiz, languages=("en", "zh-hans"))


@pytest.fixture
def bilingual(cast: Cast, bilingual_page: ModulePage) -> Module:
    return in_both_languages(cast, bilingual_page)


def test_a_draft_is_no_module(module_page: ModulePage) -> None:
    assert not Module.objects.exists()


def test_nobody_approves_their_own_module(cast: Cast, module_page: ModulePage) -> None:
    sop_services.submit_for_approval(page=module_page, by=cast.lena)
    with pytest.raises(ApprovalError):
        sop_services.approve(
            page=module_page, by=cast.lena, seen_sha256=module_page.content_sha256()
        )
    assert not Module.objects.exists()


def test_nobody_publishes_a_module_by_hand(cast: Cast, module_page: ModulePage) -> None:
    with pytest.raises(PermissionDenied):
        module_page.get_latest_revision().publish()
    assert not module_page.permissions_for_user(cast.ada).can_publish()


def test_an_approved_module_has_one_version_in_two_languages(bilingual: Module) -> None:
    assert bilingual.current.number == 1
    assert {text.language for text in bilingual.current.texts.all()} == {"en", "zh-hans"}
    with translation.override("zh-hans"):
        assert bilingual.title == "扫描"
    with translation.override("en"):
        assert bilingual.title == "Scanning"


def test_lessons_keep_their_identity_across_languages(bilingual: Module) -> None:
    for text in bilingual.current.texts.all():
        assert [lesson["uid"] for lesson in text.lessons] == [LESSON]


def test_a_change_reaches_nobody_before_its_approval(
    cast: Cast, module: Module, module_page: ModulePage
) -> None:
    page = ModulePage.objects.get(pk=module_page.pk)
    page.summary = "Unapproved."
    page.save_revision(user=cast.lena)
    module.refresh_from_db()
    assert module.version.text_in("en").summary == "You scan the right bin."
    approve(cast, page)
    module.refresh_from_db()
    assert module.version.number == 2
    assert module.version.text_in("en").summary == "Unapproved."


def test_until_it_is_translated_again_the_new_version_is_read_in_its_source_language(
    cast: Cast, bilingual: Module, bilingual_page: ModulePage
) -> None:
    page = ModulePage.objects.get(pk=bilingual_page.pk)
    page.summary = "New."
    page.save_revision(user=cast.lena)
    approve(cast, page)
    bilingual.refresh_from_db()
    assert bilingual.current.text_in("zh-hans").language == "en"


def test_a_translation_with_other_lessons_is_not_approved(
    cast: Cast, bilingual_page: ModulePage
) -> None:
    approve(cast, bilingual_page)
    chinese = bilingual_page.get_translations().first().specific
    chinese.lessons = [("lesson", {"title": "另一课", "minutes": 1, "body": []})]
    chinese.save_revision(user=cast.lena)
    with pytest.raises(sop_services.NotReady, match="version 1"):
        sop_services.submit_for_approval(page=chinese, by=cast.lena)


@pytest.mark.parametrize("slug", ["team", "attempts", "certificates"])
def test_a_module_cannot_take_the_address_of_a_page(
    cast: Cast, module_page: ModulePage, slug: str
) -> None:
    module_page.slug = slug
    module_page.save_revision(user=cast.lena, clean=False)
    with pytest.raises(sop_services.NotReady, match=slug):
        sop_services.submit_for_approval(page=module_page, by=cast.lena)


def test_a_module_without_lessons_is_not_ready(cast: Cast, module_page: ModulePage) -> None:
    module_page.lessons = []
    module_page.save_revision(user=cast.lena, clean=False)
    with pytest.raises(sop_services.NotReady):
        sop_services.submit_for_approval(page=module_page, by=cast.lena)


def test_a_module_whose_quiz_has_no_right_answer_is_not_ready(
    cast: Cast, module_page: ModulePage, quiz: Any
) -> None:
    quiz.questions.first().choices.update(is_correct=False)
    with pytest.raises(sop_services.NotReady, match="Question 1"):
        sop_services.submit_for_approval(page=module_page, by=cast.lena)


def test_markup_that_could_run_is_not_kept(cast: Cast, release: SOPRelease) -> None:
    page = services.create_module(
        slug="evil",
        team=cast.pickers,
        by=cast.lena,
        texts={
            "en": {
                "title": "x",
                "summary": "x",
                "lessons": lessons("x", 'a<script>alert(1)</script><b onclick="x">b</b>'),
            }
        },
    )
    approve(cast, page)
    html = Module.objects.get(slug="evil").current.text_in("en").lessons[0]["body"][0]["html"]
    assert html == "<p>a<b>b</b></p>"


def test_a_retired_module_is_no_longer_due(cast: Cast, module: Module) -> None:
    services.retire_module(module=module, reason="Merged.", by=cast.lena)
    assert not Assignment.objects.open().exists()
    assert Assignment.objects.filter(module=module).count() == 2
    with pytest.raises(services.TrainingError):
        services.assign(person=User.objects.get(pk=cast.pia.pk), module=module, by=cast.lena)
