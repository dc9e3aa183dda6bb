"""A lead translates in Wagtail's translation editor; the text joins the release."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from people.models import User
from sop import services
from sop.approval import editors_since_release
from sop.models import SOPPage, SOPRelease
from sop.queries import written_by
from tests.cast import Cast
from tests.sop.make import a_draft, a_picture, approve, change, step, translation

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def translate_all(client: Client, record: Translation, word: str) -> None:
    """Every string of the source, through the translation editor's own address."""
    for segment in StringSegment.objects.filter(source=record.source):
        response = client.put(
            reverse("wagtail_localize:edit_string_translation", args=[record.pk, segment.pk]),
            f"value={word}", content_type="application/x-www-form-urlencoded",
        )  # fmt: skip
        assert response.status_code in (200, 201), response.content


def translated_by_lena(cast: Cast, page: SOPPage, sign_in: SignIn, word: str = "译文") -> SOPPage:
    lena = sign_in(cast.lena)
    chinese = Locale.objects.get(language_code="zh-hans")
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    lena.post(address, {"locales": [chinese.pk]})
    record = Translation.objects.get()
    translate_all(lena, record, word)
    return SOPPage.objects.get(pk=record.get_target_instance().pk)


def test_a_translation_made_in_the_editor_joins_the_release(cast: Cast, sign_in: SignIn) -> None:
    services.add_error_code(code="MISPICK", name_en="Wrong item", by=cast.ada)
    picture = a_picture(collection=cast.pickers.section.collection)
    page = a_draft(
        cast,
        steps=[
            step(
                "Scan", error_codes=["MISPICK"], expected_seconds=9, check="Green light",
                pictures=[{"image": picture, "alt": "A shelf"}],
                warnings=[{"level": "caution", "text": "Hot"}],
            ),
            step("Take"),
        ],
    )  # fmt: skip
    release = approve(cast, page)
    target = translated_by_lena(cast, page, sign_in)
    assert editors_since_release(target) == {cast.lena.pk}
    sign_in(cast.lena).post(reverse("sop:submit", args=[target.pk]), {"change_summary": "译。"})
    state = SOPPage.objects.get(pk=target.pk).current_workflow_task_state
    services.approve(page=target, by=cast.ping, seen_sha256=state.content_sha256)
    english, chinese = (release.text_for(language) for language in ("en", "zh-hans"))
    assert SOPRelease.objects.count() == 1
    assert chinese.language == "zh-hans"
    first, source = chinese.snapshot["steps"][0], english.snapshot["steps"][0]
    assert first["uid"] == source["uid"]
    assert first["title"] == first["check"] == first["warnings"][0]["text"] == "译文"
    assert first["pictures"][0]["alt"] == "译文"
    assert first["error_codes"] == ["MISPICK"]
    assert chinese.snapshot["roles"] == english.snapshot["roles"] == ["picker"]


def test_a_half_translated_page_is_not_handed_in(cast: Cast, sign_in: SignIn) -> None:
    page = a_draft(cast)
    approve(cast, page)
    target = translated_by_lena(cast, page, sign_in)
    StringTranslation.objects.first().delete()
    with pytest.raises(services.NotReady, match="1 text is not translated yet"):
        services.submit_for_approval(page=target, by=cast.lena, change_summary="译。")


def test_it_is_brought_up_to_date_with_a_new_release(cast: Cast, sign_in: SignIn) -> None:
    page = a_draft(cast)
    approve(cast, page)
    approve(cast, translated_by_lena(cast, page, sign_in), by=cast.lena, change_summary="译。")
    change(page, by=cast.lena, title="Otherwise")
    second = approve(cast, page, change_summary="Otherwise.")
    lena = sign_in(cast.lena)
    record = Translation.objects.get()
    lena.post(reverse("wagtail_localize:update_translations", args=[record.source.pk]))
    translate_all(lena, record, "新译")
    approve(cast, translation(page), by=cast.lena, change_summary="新。")
    assert second.text_for("zh-hans").title == "新译"


def test_who_translated_a_string_does_not_approve_it(cast: Cast, sign_in: SignIn) -> None:
    page = a_draft(cast)
    approve(cast, page)
    target = translated_by_lena(cast, page, sign_in)
    record = Translation.objects.get()
    translate_all(sign_in(cast.ada), record, "改")  # kept apart from any revision
    assert editors_since_release(target) == {cast.lena.pk, cast.ada.pk}


def test_a_translation_is_behind_after_a_new_release(cast: Cast) -> None:
    page = a_draft(cast, languages=("en", "zh-hans"))
    approve(cast, page)
    approve(cast, translation(page))
    states = {row.page.language: row.state for row in written_by(cast.lena)}
    assert states == {"en": "released", "zh-hans": "released"}
    change(page, by=cast.lena, title="Otherwise")
    approve(cast, page, change_summary="Otherwise.")
    states = {row.page.language: row.state for row in written_by(cast.lena)}
    assert states == {"en": "released", "zh-hans": "behind"}


def test_facts_of_the_procedure_come_from_its_source(cast: Cast) -> None:
    page = a_draft(cast, languages=("en", "zh-hans"))
    change(translation(page), by=cast.lena, risk_level="high")
    approve(cast, page)
    release = approve(cast, translation(page))
    assert release.text_for("zh-hans").snapshot["risk_level"] == "low"


def test_a_step_of_another_role_is_refused(cast: Cast) -> None:
    page = a_draft(cast, languages=("en", "zh-hans"))
    approve(cast, page)
    steps = translation(page).get_latest_revision_as_object().steps
    steps[0].value["role"] = "packer"
    change(translation(page), by=cast.lena, steps=steps)
    with pytest.raises(services.NotReady, match="Step 1: role"):
        approve(cast, translation(page))
