"""From draft to release, and what is in force when."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from people import services as people_services
from sop import services
from sop.approval import ApprovalError
from sop.models import ReleasedStep, ReleaseText, SOPRelease, Withdrawal
from sop.models.releases import ImmutableError
from sop.permissions import can_read
from sop.queries import step_for_error_code
from sop.signals import release_published
from tests.cast import Cast
from tests.sop.make import a_draft, a_release, approve, change, step, translation

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def test_an_approved_draft_becomes_release_one(cast: Cast) -> None:
    heard = []

    def hear(sender: type, release: SOPRelease, by: object, **kwargs: object) -> None:
        heard.append((release, by))

    release_published.connect(hear)
    try:
        release = a_release(cast)
    finally:
        release_published.disconnect(hear)
    assert release.number == "1.0"
    assert release.approved_by == cast.ping
    assert release.submitted_by == cast.lena
    assert release.team == cast.pickers
    assert list(release.roles.all()) == [cast.picker]
    assert release.requires_acknowledgement
    assert [row.title for row in release.steps.all()] == ["Scan the shelf", "Take the item"]
    assert heard == [(release, cast.ping)]


def test_a_draft_is_no_release(cast: Cast) -> None:
    a_draft(cast)
    assert not SOPRelease.objects.exists()


def test_a_minor_change_keeps_acknowledgements_and_a_major_one_asks_again(cast: Cast) -> None:
    page = a_draft(cast)
    approve(cast, page)
    change(page, by=cast.lena, title="Pick an order well")
    minor = approve(cast, page, change_kind="minor", change_summary="Wording.")
    assert (minor.number, minor.requires_acknowledgement) == ("1.1", False)
    major = approve(cast, page, change_kind="major", change_summary="Another way.")
    assert (major.number, major.requires_acknowledgement) == ("2.0", True)


def test_notes_belong_to_one_change_only(cast: Cast) -> None:
    page = a_draft(cast)
    approve(cast, page)
    with pytest.raises(services.NotReady, match="what changed"):
        services.submit_for_approval(page=page, by=cast.lena)


def test_the_later_release_is_in_force_from_its_own_date(cast: Cast) -> None:
    page = a_draft(cast)
    start = timezone.now()
    first = approve(cast, page, at=start)
    second = approve(
        cast, page, at=start + DAY, effective_from=start + 7 * DAY, change_summary="New scanner."
    )
    in_force = SOPRelease.objects.in_force
    assert list(in_force(start - DAY)) == []
    assert list(in_force(start)) == [first]
    assert list(in_force(start + 6 * DAY)) == [first]
    assert list(in_force(start + 7 * DAY)) == [second]


def test_a_withdrawn_release_leaves_nothing_in_force(cast: Cast) -> None:
    page = a_draft(cast)
    start = timezone.now()
    approve(cast, page, at=start)
    second = approve(cast, page, at=start + DAY, change_summary="Second.")
    services.withdraw(release=second, by=cast.lena, reason="Unsafe", at=start + 2 * DAY)
    assert list(SOPRelease.objects.in_force(start + DAY)) == [second]
    assert list(SOPRelease.objects.in_force(start + 2 * DAY)) == []


def test_a_release_withdrawn_before_its_date_leaves_the_one_before_it(cast: Cast) -> None:
    page = a_draft(cast)
    start = timezone.now()
    first = approve(cast, page, at=start)
    second = approve(cast, page, at=start, effective_from=start + 7 * DAY, change_summary="Second.")
    services.withdraw(release=second, by=cast.ping, reason="Cancelled", at=start + DAY)
    assert list(SOPRelease.objects.in_force(start + 9 * DAY)) == [first]


def test_what_nobody_works_from_any_more_is_not_withdrawn(cast: Cast) -> None:
    page = a_draft(cast)
    first = approve(cast, page)
    second = approve(cast, page, change_summary="Second.")
    with pytest.raises(services.SOPError, match="superseded"):
        services.withdraw(release=first, by=cast.lena, reason="Old")
    services.withdraw(release=second, by=cast.lena, reason="Unsafe")
    with pytest.raises(services.SOPError, match="already"):
        services.withdraw(release=second, by=cast.lena, reason="Unsafe")


def test_no_release_comes_into_force_before_an_earlier_number(cast: Cast) -> None:
    page = a_draft(cast)
    start = timezone.now()
    approve(cast, page, at=start)
    approve(cast, page, at=start, effective_from=start + 7 * DAY, change_summary="Second.")
    with pytest.raises(services.NotReady, match=r"Release 2\.0 becomes effective at a later time"):
        services.submit_for_approval(
            page=page, by=cast.lena, change_summary="Third.", effective_from=start + DAY
        )
    with pytest.raises(ApprovalError, match=r"2\.0"):
        approve(cast, page, at=start + DAY, change_summary="Third.")


class TestHistoryCannotBeChanged:
    def test_by_the_model(self, cast: Cast) -> None:
        release = a_release(cast)
        release.change_summary = "Something else"
        with pytest.raises(ImmutableError):
            release.save()
        with pytest.raises(ImmutableError):
            release.delete()

    @pytest.mark.parametrize("model", [SOPRelease, ReleaseText, ReleasedStep, Withdrawal])
    def test_by_a_queryset(self, model: type) -> None:
        with pytest.raises(ImmutableError):
            model.objects.update(pk=1)
        with pytest.raises(ImmutableError):
            model.objects.all().delete()

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE sop_soprelease SET change_summary = 'x'",
            "UPDATE sop_releasetext SET title = 'x'",
            "DELETE FROM sop_releasedstep",
            "DELETE FROM sop_soprelease_roles",
        ],
    )
    def test_by_sql(self, cast: Cast, sql: str) -> None:
        a_release(cast)
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


class TestTranslations:
    def test_a_later_translation_adds_a_text_and_changes_none(self, cast: Cast) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        release = approve(cast, page)
        before = release.texts.get()
        assert approve(cast, translation(page)) == release
        assert SOPRelease.objects.count() == 1
        english, chinese = release.texts.order_by("language")
        assert english == before
        assert english.sha256 == before.sha256
        assert chinese.title == "拣货"
        assert release.steps.first().title_in("zh-hans") == "中文 Scan the shelf"

    def test_a_reader_gets_the_source_text_where_the_own_language_lacks(self, cast: Cast) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        approve(cast, page)
        approve(cast, translation(page))
        change(page, by=cast.lena, title="Pick otherwise")
        second = approve(cast, page, change_summary="Otherwise.")
        assert second.text_for("zh-hans").language == "en"

    def test_a_translation_with_other_steps_is_refused(self, cast: Cast) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        approve(cast, page)
        chinese = translation(page)
        steps = chinese.get_latest_revision_as_object().steps
        del steps[1]
        change(chinese, by=cast.lena, steps=steps)
        with pytest.raises(services.NotReady, match=r"1\.0 has other steps"):
            approve(cast, chinese)


class TestWhoSees:
    def test_everybody_sees_what_is_in_force_and_superseded(self, cast: Cast) -> None:
        page = a_draft(cast)
        first = approve(cast, page)
        second = approve(cast, page, change_summary="Second.")
        assert set(SOPRelease.objects.visible_to(cast.pia)) == {first, second}

    def test_a_coming_release_is_seen_by_its_lead_and_approver_only(self, cast: Cast) -> None:
        page = a_draft(cast)
        coming = approve(cast, page, effective_from=timezone.now() + DAY)
        seen_by = [
            name
            for name in ("noor", "wei", "pia", "leo", "hua", "ada", "mei", "otto", "ping", "lena")
            if SOPRelease.objects.visible_to(getattr(cast, name)).exists()
        ]
        assert seen_by == ["hua", "ada", "mei", "otto", "ping", "lena"]
        assert not can_read(cast.noor, coming)
        assert can_read(cast.lena, coming)

    def test_a_withdrawn_release_is_not_shown_to_staff(self, cast: Cast) -> None:
        release = a_release(cast)
        services.withdraw(release=release, by=cast.lena, reason="Unsafe")
        assert not can_read(cast.noor, release)
        assert can_read(cast.otto, release)

    def test_a_leaver_sees_nothing(self, cast: Cast) -> None:
        release = a_release(cast)
        people_services.leave(person=cast.noor, on=timezone.localdate(), by=cast.hua)
        cast.noor.refresh_from_db()
        assert not can_read(cast.noor, release)


def test_an_error_code_leads_to_the_step_that_prevents_it(cast: Cast) -> None:
    services.add_error_code(code="错发", name_en="Wrong item", name_zh="发错货", by=cast.ada)
    release = a_release(
        cast, steps=[step("Scan"), step("Compare the picture", error_codes=["错发"])]
    )
    assert step_for_error_code("错发") == release.steps.get(order=2)
    assert step_for_error_code("MISPICK") is None
    assert step_for_error_code("错发", release.effective_from - DAY) is None
