"""Four eyes: nobody approves the own change, and only what was seen is approved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Revision, TaskState

from people import groups
from people import services as people_services
from people.models import AuditRecord, User
from sop import services
from sop.approval import ApprovalError, editors_since_release
from sop.models import FourEyesTaskState, SOPPage, SOPRelease
from tests.cast import SINCE, Cast
from tests.sop.editor import JSON, page_data, stale_data
from tests.sop.make import a_draft, approve, change

pytestmark = pytest.mark.django_db


def make_approver(person: User) -> User:
    person.groups.add(Group.objects.get(name=groups.APPROVERS))
    return User.objects.get(pk=person.pk)


def handed_in(cast: Cast) -> tuple[SOPPage, FourEyesTaskState]:
    page = a_draft(cast)
    return page, services.submit_for_approval(page=page, by=cast.lena)


def decide(page: SOPPage, state: FourEyesTaskState, by: User) -> None:
    services.approve(page=page, by=by, seen_sha256=state.content_sha256)


class TestWhoDecides:
    def test_not_the_author_though_an_approver(self, cast: Cast) -> None:
        lena = make_approver(cast.lena)
        page, state = handed_in(cast)
        with pytest.raises(ApprovalError, match="You changed this page"):
            decide(page, state, lena)
        assert not SOPRelease.objects.exists()

    def test_nobody_who_edited_since_the_last_release_even_if_others_came_after(
        self, cast: Cast
    ) -> None:
        ada = make_approver(cast.ada)
        page = a_draft(cast)
        change(page, by=ada, title="Ada's words")
        change(page, by=cast.lena, title="Lena's words")
        state = services.submit_for_approval(page=page, by=cast.lena)
        with pytest.raises(ApprovalError, match="You changed this page"):
            decide(page, state, ada)

    def test_an_edit_stays_known_when_its_revision_is_purged(self, cast: Cast) -> None:
        ada = make_approver(cast.ada)
        page = a_draft(cast)
        change(page, by=ada, title="Ada's words")
        change(page, by=cast.lena, title="Lena's words")
        call_command("purge_revisions")
        assert not Revision.objects.filter(user=ada).exists()
        assert ada.pk in editors_since_release(SOPPage.objects.get(pk=page.pk))

    def test_who_edited_before_the_last_release_may_decide_on_the_next(self, cast: Cast) -> None:
        ada = make_approver(cast.ada)
        page = a_draft(cast, by=ada)
        approve(cast, page, by=ada)
        change(page, by=cast.lena, title="Lena's words")
        release = approve(cast, page, by=cast.lena, approver=ada, change_summary="Words.")
        assert release.approved_by == ada

    @pytest.mark.parametrize("who", ["leo", "noor", "hua", "mei", "otto", "ada"])
    def test_nobody_but_approvers(self, cast: Cast, who: str) -> None:
        page, state = handed_in(cast)
        with pytest.raises(ApprovalError, match="Only an approver"):
            decide(page, state, getattr(cast, who))

    def test_a_superuser_is_not_an_approver_by_that(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        root = User.objects.create_superuser("ROOT", "Root", language="en")
        with pytest.raises(ApprovalError, match="Only an approver"):
            decide(page, state, root)

    def test_an_approver_who_left_decides_no_more(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        people_services.leave(person=cast.ping, on=SINCE.replace(year=2026), by=cast.hua)
        with pytest.raises(ApprovalError):
            decide(page, state, User.objects.get(pk=cast.ping.pk))


class TestWhatIsDecided:
    def test_not_something_that_the_approver_did_not_see(self, cast: Cast) -> None:
        page, _state = handed_in(cast)
        with pytest.raises(ApprovalError, match="submitted anew"):
            services.approve(page=page, by=cast.ping, seen_sha256="0" * 64)

    def test_not_a_revision_that_was_rewritten_after_it_was_handed_in(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        revision = state.revision
        revision.content["title"] = "Slipped in"
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
        with pytest.raises(ApprovalError, match="has changed since it was submitted"):
            decide(page, state, cast.ping)
        assert not SOPRelease.objects.exists()

    def test_not_the_notes_rewritten_either(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        revision = state.revision
        revision.content["change_kind"] = "minor"
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
        with pytest.raises(ApprovalError, match="has changed"):
            decide(page, state, cast.ping)

    def test_not_twice(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        decide(page, state, cast.ping)
        with pytest.raises(ApprovalError, match="not in review any more"):
            decide(page, state, cast.ping)
        stale = FourEyesTaskState.objects.get(pk=state.pk)
        stale.status = TaskState.STATUS_IN_PROGRESS  # as a second, slower request would hold it
        with pytest.raises(ApprovalError):
            stale.approve(user=cast.ping)

    def test_everything_is_on_record(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        decide(page, state, cast.ping)
        verbs = AuditRecord.objects.order_by("at").values_list("verb", "actor__name")
        assert list(verbs)[-4:] == [
            ("sop.created", "Lena"), ("page.submitted", "Lena"),
            ("sop.released", "Ping"), ("page.approved", "Ping"),
        ]  # fmt: skip


class TestInReview:
    def test_nobody_saves_by_the_editor(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, state = handed_in(cast)
        make_approver(cast.ada)
        for who in (cast.lena, cast.ada, cast.ping):
            sign_in(who).post(f"/cms/pages/{page.pk}/edit/", page_data(cast, title="Sneaked"))
        assert SOPPage.objects.get(pk=page.pk).latest_revision_id == state.revision_id
        assert Revision.objects.get(pk=state.revision_id).content["title"] == "Pick an order"

    def test_nobody_saves_past_the_editor(self, cast: Cast) -> None:
        page, _state = handed_in(cast)
        with pytest.raises(PermissionDenied, match="in review"):
            change(page, by=cast.lena, title="Sneaked")

    def test_a_forgotten_tab_does_not_rewrite_what_is_in_review(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, state = handed_in(cast)
        page.refresh_from_db()
        response = sign_in(cast.lena).post(
            f"/cms/pages/{page.pk}/edit/", stale_data(cast, page, title="Sneaked"), **JSON
        )
        assert response.status_code == 400
        assert Revision.objects.get(pk=state.revision_id).content["title"] == "Pick an order"

    def test_a_forgotten_tab_does_not_rewrite_what_is_released(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page = a_draft(cast)
        release = approve(cast, page)
        page = SOPPage.objects.get(pk=page.pk)
        response = sign_in(cast.lena).post(
            f"/cms/pages/{page.pk}/edit/", stale_data(cast, page, title="Sneaked"), **JSON
        )
        assert response.json()["error_code"] == "invalid_revision"
        released = release.texts.get().revision
        assert released.content["title"] == "Pick an order"

    def test_the_author_takes_it_back_and_writes_on(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, _state = handed_in(cast)
        sign_in(cast.lena).post(reverse("sop:cancel", args=[page.pk]))
        change(page, by=cast.lena, title="Better")
        assert approve(cast, page).texts.get().title == "Better"

    def test_wagtails_own_approve_button_is_closed(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, state = handed_in(cast)
        for action in ("approve", "reject"):
            address = reverse(
                "wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]
            )
            sign_in(cast.ping).post(address, {"comment": "ok"})
            sign_in(cast.lena).post(address, {"comment": "ok"})
        state.refresh_from_db()
        assert state.status == TaskState.STATUS_IN_PROGRESS
        assert not SOPRelease.objects.exists()


class TestAskingForChanges:
    def test_it_goes_back_with_a_word_and_comes_again(self, cast: Cast) -> None:
        page, _state = handed_in(cast)
        with pytest.raises(services.SOPError, match="Say what"):
            services.request_changes(page=page, by=cast.ping, comment=" ")
        services.request_changes(page=page, by=cast.ping, comment="Add the picture.")
        change(page, by=cast.lena, title="With picture")
        assert approve(cast, page).texts.get().title == "With picture"

    def test_what_was_refused_stays_as_it_was(self, cast: Cast) -> None:
        page, state = handed_in(cast)
        services.request_changes(page=page, by=cast.ping, comment="No.")
        draft = SOPPage.objects.get(pk=page.pk).get_latest_revision_as_object()
        with pytest.raises(PermissionDenied, match="has been in review"):
            draft.save_revision(user=cast.lena, overwrite_revision=state.revision)


class TestTheReviewPage:
    def address(self, page: SOPPage) -> str:
        return reverse("sop:review", args=[page.pk])

    def test_shows_the_text_and_takes_the_decision(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, state = handed_in(cast)
        client = sign_in(cast.ping)
        shown = client.get(self.address(page)).content.decode()
        assert "Scan the shelf, calmly." in shown
        assert state.content_sha256 in shown
        client.post(
            self.address(page), {"seen_sha256": state.content_sha256, "comment": "", "approve": "1"}
        )
        assert SOPRelease.objects.get().approved_by == cast.ping

    def test_an_author_reads_it_without_the_buttons(
        self, cast: Cast, sign_in: Callable[[User], Client]
    ) -> None:
        page, state = handed_in(cast)
        client = sign_in(cast.lena)
        assert 'name="approve"' not in client.get(self.address(page)).content.decode()
        client.post(self.address(page), {"seen_sha256": state.content_sha256, "approve": "1"})
        assert not SOPRelease.objects.exists()

    def test_names_each_changed_step(self, cast: Cast, sign_in: Callable[[User], Client]) -> None:
        page = a_draft(cast)
        approve(cast, page)
        steps = SOPPage.objects.get(pk=page.pk).steps
        steps[1].value["title"] = "Take two items"
        change(page, by=cast.lena, steps=steps)
        services.submit_for_approval(page=page, by=cast.lena, change_summary="Two.")
        response = sign_in(cast.ping).get(self.address(page))
        (only,) = response.context["changes"]
        assert (only.kind, only.now, only.fields) == ("changed", 2, ("title",))

    @pytest.mark.parametrize("who", ["noor", "leo", "hua"])
    def test_is_closed_to_others(
        self, cast: Cast, sign_in: Callable[[User], Client], who: str
    ) -> None:
        page, _state = handed_in(cast)
        assert sign_in(getattr(cast, who)).get(self.address(page)).status_code == 404


def test_only_leads_and_approvers_withdraw(cast: Cast) -> None:
    release = approve(cast, a_draft(cast))
    for who in (cast.noor, cast.leo, cast.hua, cast.mei):
        with pytest.raises(PermissionDenied, match="Only the team's leads"):
            services.withdraw(release=release, by=who, reason="x")
    assert services.withdraw(release=release, by=cast.lena, reason="Unsafe").reason == "Unsafe"
