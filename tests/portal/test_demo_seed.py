"""The demo store is built through the services, once, and holds what it promises."""

import datetime as dt
from collections import Counter
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from people.models import AuditRecord, Membership, SourceAccount, Team, User
from people.permissions import is_approver
from portal.demo import content, seed, sign_ins, truths
from portal.demo.seed.stage import html, uid
from scoring.models import OperationsImport, Review, Scorecard, ScoringPeriod
from sop.models import ReleasedStep, SOPRelease
from training.models import Attempt, Certification, Module
from training.queries import to_learn, to_read


def test_text_becomes_paragraphs_and_lists():
    assert html("One & two.\n\n- a\n- b\n\nEnd.") == (
        "<p>One &amp; two.</p><ul><li>a</li><li>b</li></ul><p>End.</p>"
    )


def test_production_settings_are_refused(db):
    with pytest.raises(CommandError, match="production settings"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_a_future_day_is_refused(db):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(CommandError, match="future"):
        call_command("seed_demo", "--force", "--today", str(tomorrow))


def test_every_sign_in_is_somebody_of_the_store():
    numbers = {person.number for person in content.people()}
    assert {each.number for each in sign_ins.SIGN_INS} <= numbers
    assert any(sign_ins.PASSWORD in line for line in sign_ins.as_lines())


class SmallStore(TestCase):
    """One small store for all tests of this class; each runs in its own savepoint."""

    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.folder = Path(mkdtemp(dir=settings.DATA_DIR))
        cls.added = cls.seed()

    @classmethod
    def seed(cls, today=None):
        return seed.build(today=today or cls.today, folder=cls.folder, small=True)

    def test_each_part_adds_something_and_a_second_run_nothing(self):
        assert all(self.added.values())
        records = AuditRecord.objects.count()
        assert not any(self.seed().values())
        assert AuditRecord.objects.count() == records

    def test_another_day_does_not_make_a_second_store(self):
        assert not any(self.seed(today=self.today - dt.timedelta(days=1)).values())

    def test_sixty_people_in_six_teams_each_with_its_lead(self):
        assert User.objects.count() == 60
        leads = Counter(
            Membership.objects.filter(kind=Membership.Kind.LEAD).values_list(
                "team__slug", flat=True
            )
        )
        assert leads == {team.slug: 1 for team in content.store().teams if team.prefix}
        names = "".join(User.objects.values_list("name", flat=True))
        assert all(character in names for character in "喆玥珺")
        assert Team.objects.get(slug="picking").name_in("zh-hans") == "拣货组"

    def test_a_badge_goes_from_the_leaver_to_the_starter(self):
        former, current = SourceAccount.objects.filter(account="4013").order_by("starts_on")
        assert former.person.employee_number == truths.FORMER_HOLDER_OF_THE_BADGE
        assert current.person.employee_number == truths.NEW_STARTER
        assert former.ends_on <= current.starts_on

    def test_releases_are_approved_by_another_and_read_in_both_languages(self):
        releases = SOPRelease.objects.all()
        assert {release.code for release in releases} == {"PA-01", "PK-01", "PK-02"}
        for release in releases:
            assert is_approver(release.approved_by)
            assert release.approved_by != release.submitted_by
            assert set(release.texts.values_list("language", flat=True)) == {"en", "zh-hans"}

    def test_the_release_that_mends_the_step_is_in_force_since_then(self):
        broken = truths.BROKEN_STEP
        release = SOPRelease.objects.in_force().get(code=broken.sop)
        assert release.number == "2.0"
        since = timezone.localdate(release.effective_from)
        assert since == self.today - dt.timedelta(days=broken.mended_days_ago)
        steps = ReleasedStep.objects.filter(step_uid=uid(broken.sop, broken.step))
        assert len(set(steps.values_list("sha256", flat=True))) == 2

    def test_people_have_learned_and_who_has_just_arrived_has_everything_before_them(self):
        assert {module.slug for module in Module.objects.all()} == {
            "standard-packing",
            "wave-picking",
        }
        assert Certification.objects.valid_on(self.today).count() > 15
        results = Counter(attempt.result.passed for attempt in Attempt.objects.all())
        assert results[True] > results[False] > 0
        starter = User.objects.get(employee_number=truths.JUST_ARRIVED)
        assert [release.code for release in to_read(starter)] == ["PA-01"]
        assert [duty.module.slug for duty in to_learn(starter)] == ["standard-packing"]

    def test_nothing_happened_in_the_future_or_before_somebody_was_there(self):
        now = timezone.now()
        for attempt in Attempt.objects.select_related("person"):
            assert attempt.started_at < now
            assert timezone.localdate(attempt.started_at) >= attempt.person.hired_on

    def test_the_months_files_are_in_the_ledger_with_their_bad_rows_listed(self):
        items = OperationsImport.objects.filter(state=OperationsImport.State.COMMITTED)
        assert Counter(item.source.slug for item in items) == {
            "wms": 3,
            "quality": 3,
            "helpdesk": 3,
        }
        assert sum(item.rejected_rows for item in items) == truths.BAD_WORK_ROWS
        assert sum(item.error_events for item in items) > 50

    def test_one_period_is_closed_one_published_and_one_in_review(self):
        first, second, third = ScoringPeriod.objects.order_by("starts_on")
        states = ScoringPeriod.State
        assert [p.state for p in (first, second, third)] == [
            states.CLOSED,
            states.PUBLISHED,
            states.IN_REVIEW,
        ]
        assert third.ends_on == self.today
        assert (third.ends_on - first.starts_on).days == 90
        reviews = Review.objects.filter(scorecard__period=third)
        signed = reviews.exclude(lead_signed_at=None).count()
        written = reviews.exclude(lead_words="").count()
        assert 0 < signed < written < reviews.count()
        assert Review.objects.filter(scorecard__period=first).exclude(person_words="").exists()

    def test_a_person_sees_the_own_published_cards_and_no_others(self):
        person = User.objects.get(employee_number=truths.GOOD_ON_HARD_ORDERS)
        seen = Scorecard.objects.visible_to(person)
        assert {card.person for card in seen} == {person}
        assert seen.count() == 2

    def test_the_printed_sign_ins_open_the_door(self):
        for each in sign_ins.SIGN_INS:
            client = Client()
            client.post(
                reverse("account_login"), {"login": each.number, "password": sign_ins.PASSWORD}
            )
            person = User.objects.get(employee_number=each.number)
            assert client.session.get("_auth_user_id") == str(person.pk), each.number

    def test_the_command_says_who_can_sign_in(self):
        out = StringIO()
        call_command("seed_demo", "--small", "--force", "--today", str(self.today), stdout=out)
        assert sign_ins.PASSWORD in out.getvalue()
        assert "HY1001" in out.getvalue()
