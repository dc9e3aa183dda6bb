"""A procedure is published by its approval and by nothing else; what was released stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, Site
from wagtail_localize.models import Translation, TranslationSource

from people.models import User
from sop import services
from sop.models import ErrorCode, SOPIndexPage, SOPPage, SOPRelease
from tests.cast import Cast
from tests.sop.editor import page_data, step_data
from tests.sop.make import a_draft, a_release, approve, change, translation

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["lead", "administrator", "superuser"])
def writer(cast: Cast, request: pytest.FixtureRequest) -> User:
    """Everybody who may edit the page, up to the most powerful."""
    if request.param == "superuser":
        return User.objects.create_superuser("ROOT", "Root", language="en")
    return cast.lena if request.param == "lead" else cast.ada


def english_section(cast: Cast) -> SOPIndexPage:
    return SOPIndexPage.objects.get(team=cast.pickers, locale__language_code="en")


def assert_nothing_published() -> None:
    assert not SOPPage.objects.filter(live=True).exists()
    assert not SOPRelease.objects.exists()


class TestWriting:
    def test_a_lead_writes_hands_in_and_an_approver_releases(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        services.add_error_code(code="MISPICK", name_en="Wrong item", by=cast.ada)
        address = reverse(
            "wagtailadmin_pages:add", args=["sop", "soppage", english_section(cast).pk]
        )
        step = step_data("Scan the shelf", expected_seconds="12")
        data = page_data(cast, step, **{"action-submit": "1"})
        sign_in(cast.lena).post(address, data | {"steps-0-value-error_codes": ["MISPICK"]})
        page = SOPPage.objects.get()
        state = page.current_workflow_task_state
        services.approve(page=page, by=cast.ping, seen_sha256=state.content_sha256)
        step = SOPRelease.objects.get().steps.get()
        assert (step.title, step.role, step.expected_seconds) == (
            "Scan the shelf", cast.picker, 12,
        )  # fmt: skip
        assert step.error_codes.get() == ErrorCode.objects.get()

    def test_a_half_written_draft_can_be_saved_but_not_handed_in(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        lena = sign_in(cast.lena)
        add = reverse("wagtailadmin_pages:add", args=["sop", "soppage", english_section(cast).pk])
        half = page_data(cast, step_data("", role=""), change_summary="", code="")
        lena.post(add, half)
        page = SOPPage.objects.get()
        response = lena.post(f"/cms/pages/{page.pk}/edit/", half | {"action-submit": "1"})
        assert {"code", "change_summary", "steps"} <= set(response.context["form"].errors)
        assert not SOPPage.objects.get().workflow_in_progress

    def test_the_hand_in_page_lists_what_lacks(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast, change_summary="")
        steps = page.get_latest_revision_as_object().steps
        steps[1].value["role"] = "no-such-role"
        change(page, by=cast.lena, steps=steps)
        response = sign_in(cast.lena).post(
            reverse("sop:submit", args=[page.pk]), {"change_summary": "First."}
        )
        (problem,) = response.context["problems"]
        assert problem.startswith("Step 2, Who does it:")

    def test_two_procedures_do_not_share_a_code(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        a_draft(cast, "PK-03")
        add = reverse("wagtailadmin_pages:add", args=["sop", "soppage", english_section(cast).pk])
        response = sign_in(cast.lena).post(add, page_data(cast, code="PK-03"))
        assert "PK-03 is another SOP's code." in response.context["form"].errors["code"][0]

    def test_the_code_of_a_released_procedure_stays(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast)
        approve(cast, page)
        response = sign_in(cast.lena).post(
            f"/cms/pages/{page.pk}/edit/", page_data(cast, code="PK-99")
        )
        assert "stays" in response.context["form"].errors["code"][0]


class TestNobodyPublishesByHand:
    def test_from_the_editor(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast)
        data = page_data(cast, title="By hand", **{"action-publish": "1"})
        sign_in(writer).post(f"/cms/pages/{page.pk}/edit/", data)
        assert_nothing_published()
        assert SOPPage.objects.get().draft_title == "By hand"  # saved, as a draft

    def test_while_creating(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client]
    ) -> None:
        add = reverse("wagtailadmin_pages:add", args=["sop", "soppage", english_section(cast).pk])
        sign_in(writer).post(add, page_data(cast, **{"action-publish": "1"}))
        assert SOPPage.objects.count() == 1
        assert_nothing_published()

    @pytest.mark.parametrize("how", [{"publish_copies": "on"}, {"alias": "on"}])
    def test_by_a_copy_or_an_alias(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client], how: dict[str, str]
    ) -> None:
        approve(cast, a_draft(cast))
        page = SOPPage.objects.get()
        data = {
            "new_title": "Copy", "new_slug": "copy", "new_parent_page": page.get_parent().pk, **how
        }  # fmt: skip
        sign_in(writer).post(f"/cms/pages/{page.pk}/copy/", data)
        copies = SOPPage.objects.exclude(pk=page.pk)
        assert not copies.filter(live=True).exists()
        assert not copies.filter(alias_of__isnull=False).exists()

    @pytest.mark.parametrize("action", ["publish", "unpublish"])
    def test_in_bulk(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client], action: str
    ) -> None:
        draft = a_draft(cast)
        released = a_draft(cast, "PK-04")
        approve(cast, released)
        sign_in(writer).post(f"/cms/bulk/wagtailcore/page/{action}/?id={draft.pk}&id={released.pk}")
        live = SOPPage.objects.filter(live=True).values_list("pk", flat=True)
        assert list(live) == [released.pk]

    @pytest.mark.parametrize("action", ["publish", "unpublish", "create_alias"])
    def test_by_the_api(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client], action: str
    ) -> None:
        page = a_draft(cast)
        client = sign_in(writer)
        client.raise_request_exception = False
        client.post(
            f"/cms/api/main/pages/{page.pk}/action/{action}/",
            {"destination_page_id": page.get_parent().pk},
            content_type="application/json",
        )
        assert_nothing_published()
        assert SOPPage.objects.count() == 1

    def test_by_synchronising_a_translation(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast)
        source, _created = TranslationSource.update_or_create_from_instance(page)
        chinese = Translation.objects.create(
            source=source, target_locale=Locale.objects.get(language_code="zh-hans")
        )
        chinese.save_target(user=cast.lena, publish=False)
        lena = sign_in(cast.lena)
        lena.raise_request_exception = False
        lena.post(f"/cms/localize/update/{source.pk}/", {"publish_translations": "on"})
        lena.post(f"/cms/pages/{chinese.get_target_instance().pk}/edit/", {"action": "publish"})
        assert_nothing_published()

    def test_from_python(self, cast: Cast) -> None:
        page = a_draft(cast)
        with pytest.raises(PermissionDenied):
            page.latest_revision.publish(user=None)
        with pytest.raises(PermissionDenied):
            page.publish(page.latest_revision)

    def test_at_a_time_of_wagtails_own(self, cast: Cast, sign_in: Callable[[User], Client]) -> None:
        page = a_draft(cast)
        data = page_data(cast, go_live_at="2020-01-01 00:00", expire_at="2030-01-01 00:00")
        sign_in(cast.lena).post(f"/cms/pages/{page.pk}/edit/", data)
        draft = SOPPage.objects.get().get_latest_revision_as_object()
        assert (draft.go_live_at, draft.expire_at) == (None, None)


class TestWhatWasReleasedStays:
    def said(self, client: Client, address: str, data: dict | None = None) -> str:
        response = client.post(address, data or {})
        assert response.status_code == 302
        return " ".join(str(message) for message in get_messages(response.wsgi_request))

    def test_deletion_is_refused_with_a_word(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client]
    ) -> None:
        a_release(cast)
        page = SOPPage.objects.get()
        said = self.said(sign_in(writer), f"/cms/pages/{page.pk}/delete/")
        assert "Withdraw it instead" in said
        assert SOPPage.objects.exists()

    def test_in_bulk_and_by_the_api_too(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client]
    ) -> None:
        a_release(cast)
        page = SOPPage.objects.get()
        client = sign_in(writer)
        client.post(f"/cms/bulk/wagtailcore/page/delete/?id={page.pk}")
        client.post(f"/cms/api/main/pages/{page.pk}/action/delete/")
        assert SOPPage.objects.exists()

    def test_nor_goes_a_page_above_it(self, cast: Cast, sign_in: Callable[[User], Client]) -> None:
        a_release(cast)
        root = sign_in(User.objects.create_superuser("ROOT", "Root", language="en"))
        home = Site.objects.get().root_page
        said = self.said(root, f"/cms/pages/{home.pk}/delete/")
        assert "released procedures under" in said
        self.said(root, f"/cms/bulk/wagtailcore/page/delete/?id={home.pk}")
        assert Page.objects.filter(pk=home.pk).exists()

    def test_a_translation_of_a_released_procedure_stays_too(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        approve(cast, page)
        chinese = translation(page)
        self.said(sign_in(cast.lena), f"/cms/pages/{chinese.pk}/delete/")
        assert SOPPage.objects.filter(pk=chinese.pk).exists()

    def test_it_is_not_moved_to_another_team(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        a_release(cast)
        page = SOPPage.objects.get()
        packers = SOPIndexPage.objects.get(team=cast.packers, locale=page.locale)
        sign_in(cast.ada).post(f"/cms/pages/{page.pk}/move/{packers.pk}/confirm/")
        assert SOPPage.objects.get().team == cast.pickers

    def test_a_draft_that_was_never_released_may_go(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast)
        sign_in(cast.lena).post(f"/cms/pages/{page.pk}/delete/")
        assert not SOPPage.objects.exists()


class TestSections:
    @pytest.mark.parametrize("verb", ["edit", "delete", "copy", "unpublish"])
    def test_a_teams_section_is_not_touched_by_hand(
        self, cast: Cast, writer: User, sign_in: Callable[[User], Client], verb: str
    ) -> None:
        section = english_section(cast)
        sign_in(writer).post(f"/cms/pages/{section.pk}/{verb}/", {"title": "x"})
        after = SOPIndexPage.objects.get(pk=section.pk)
        assert (after.title, after.live) == (section.title, True)
        assert SOPIndexPage.objects.count() == 4  # two teams in two languages

    def test_a_lead_writes_only_in_the_own_section(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        add = reverse("wagtailadmin_pages:add", args=["sop", "soppage", english_section(cast).pk])
        sign_in(cast.leo).post(add, page_data(cast))
        assert not SOPPage.objects.exists()


class TestErrorCodes:
    @pytest.fixture
    def code(self, cast: Cast) -> ErrorCode:
        return services.add_error_code(code="MISPICK", name_en="Wrong item", by=cast.ada)

    def test_leads_name_new_ones(self, cast: Cast, sign_in: Callable[[User], Client]) -> None:
        address = reverse("wagtailsnippets_sop_errorcode:add")
        sign_in(cast.lena).post(address, {"code": "错发", "name_en": "", "name_zh": "发错货"})
        assert ErrorCode.objects.get().name == "发错货"

    def test_none_differs_from_another_by_case_alone(self, cast: Cast, code: ErrorCode) -> None:
        with pytest.raises(services.SOPError, match="already exists"):
            services.add_error_code(code="mispick", by=cast.ada)

    def test_they_are_kept(
        self, cast: Cast, code: ErrorCode, writer: User, sign_in: Callable[[User], Client]
    ) -> None:
        client = sign_in(writer)
        client.post(reverse("wagtailsnippets_sop_errorcode:delete", args=[code.pk]))
        client.post(f"/cms/bulk/sop/errorcode/delete/?id={code.pk}")
        assert ErrorCode.objects.get() == code


class TestCopies:
    def test_a_copy_has_steps_of_its_own(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        release = a_release(cast)
        page = SOPPage.objects.get()
        data = {"new_title": "Copy", "new_slug": "c", "new_parent_page": page.get_parent().pk}
        sign_in(cast.lena).post(f"/cms/pages/{page.pk}/copy/", data)
        copy = SOPPage.objects.exclude(pk=page.pk).get()
        change(copy, by=cast.lena, code="PK-20")
        second = approve(cast, copy, by=cast.lena, change_summary="A new one.")
        uids = set(release.steps.values_list("step_uid", flat=True))
        assert uids.isdisjoint(second.steps.values_list("step_uid", flat=True))

    def test_a_translation_has_the_same_steps(self, cast: Cast) -> None:
        page = a_draft(cast)
        approve(cast, page)
        chinese = SOPPage.objects.get().copy_for_translation(
            Locale.objects.get(language_code="zh-hans")
        )
        mine = [str(step.id) for step in SOPPage.objects.get(pk=page.pk).steps]
        assert [str(step.id) for step in chinese.steps] == mine
