"""From the ledger to scorecards: what is kept, what changes, and what never changes again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from people import services as people
from people.models import AuditRecord
from scoring.models import Review, Scorecard, ScoringPeriod
from scoring.services import measures, periods, reviews
from tests.cast import Cast
from tests.scoring.store import END, START, Store, busy_month, calculated

pytestmark = pytest.mark.django_db


def card_of(period: ScoringPeriod, person: object) -> Scorecard:
    return period.scorecards.current().get(person=person)


class TestOpening:
    def test_hr_opens_a_period(self, cast: Cast) -> None:
        period = periods.add_period(name="2024-Q1", starts_on=START, ends_on=END, by=cast.hua)
        assert period.last_day == dt.date(2024, 3, 31)
        assert AuditRecord.objects.about(period).get().verb == "period.added"

    def test_nobody_else_does(self, cast: Cast) -> None:
        for person in (cast.lena, cast.ada, cast.mei, cast.otto, cast.noor):
            with pytest.raises(periods.NotAllowed):
                periods.add_period(name="x", starts_on=START, ends_on=END, by=person)

    @pytest.mark.parametrize("name", ["", "2024/Q1", "第一季度", "a b", "x" * 41])
    def test_a_name_that_can_not_stand_in_an_address(self, cast: Cast, name: str) -> None:
        with pytest.raises(periods.PeriodError, match="can't be a name"):
            periods.add_period(name=name, starts_on=START, ends_on=END, by=cast.hua)

    def test_a_name_is_used_once(self, cast: Cast) -> None:
        periods.add_period(name="2024-Q1", starts_on=START, ends_on=END, by=cast.hua)
        with pytest.raises(periods.PeriodError, match="already"):
            periods.add_period(name="2024-q1", starts_on=START, ends_on=END, by=cast.hua)

    def test_it_ends_after_it_starts(self, cast: Cast) -> None:
        with pytest.raises(periods.PeriodError, match="later"):
            periods.add_period(name="never", starts_on=END, ends_on=END, by=cast.hua)


class TestCalculating:
    def test_everybody_with_work_gets_a_card(self, cast: Cast) -> None:
        period = calculated(cast)
        assert period.state == "calculated"
        assert period.scorecards.current().count() == 9
        assert all(card.lines.count() == 3 for card in period.scorecards.all())

    def test_the_quick_and_the_slow_come_out_the_right_way_round(self, cast: Cast) -> None:
        period = calculated(cast)
        noor, wei = card_of(period, cast.noor), card_of(period, cast.wei)
        assert noor.line("throughput").band == "exceeds"
        assert wei.line("throughput").band == "below"
        assert wei.line("quality").band == "below"
        assert noor.score > wei.score
        assert noor.rank_high < wei.rank_low
        assert (noor.team, noor.role) == (cast.pickers, cast.picker)

    def test_two_days_alone_are_not_enough_data(self, cast: Cast) -> None:
        card = card_of(calculated(cast), cast.pia)
        assert card.verdict == "not_enough_data"
        assert card.line("throughput").details["reasons"] == ["few_days", "no_standard"]
        assert card.line("quality").details["reasons"] == ["nothing_expected"]
        assert card.line("competence").details["reasons"] == ["nothing_asked"]

    def test_each_number_has_its_rows(self, cast: Cast) -> None:
        card = card_of(calculated(cast), cast.wei)
        speed, care = card.line("throughput").details, card.line("quality").details
        assert sum(row["busy_us"] for row in card.evidence["work"]) == speed["actual_us"]
        assert sum(row["units"] for row in card.evidence["work"]) == speed["units"]
        assert len({row["incident"] for row in card.evidence["errors"]}) == care["incidents"]
        assert sum(row["quantity"] for row in card.evidence["errors"]) == care["quantity"]
        assert sum(row["busy_us"] for row in card.snapshot["processes"]) == speed["actual_us"]
        assert sum(row["incidents"] for row in card.snapshot["processes"]) == care["incidents"]
        assert sum(row["incidents"] for row in card.snapshot["weeks"]) == care["incidents"]
        assert card.snapshot["errors"][0]["incidents"] == care["incidents"]

    def test_a_repeat_keeps_every_card_to_the_digit(self, cast: Cast) -> None:
        period = calculated(cast)
        before = dict(period.scorecards.values_list("pk", "content_sha256"))
        counts = periods.calculate_period(period=period, by=cast.hua)
        assert (counts["kept"], counts["new"], counts["changed"]) == (9, 0, 0)
        assert dict(period.scorecards.values_list("pk", "content_sha256")) == before

    def test_other_data_supersedes_and_keeps_the_old_version(self, cast: Cast) -> None:
        period = calculated(cast)
        old = card_of(period, cast.wei)
        more = Store()
        for day in range(1, 9):
            more.erred(cast.wei, dt.date(2024, 3, day), quantity=5)
        for row in more.errors:
            row["event_id"] += "-late"
        more.write()
        counts = periods.calculate_period(period=period, by=cast.hua)
        new = card_of(period, cast.wei)
        old.refresh_from_db()
        assert counts["changed"] >= 1
        assert (old.version, new.version) == (1, 2)
        assert not old.is_current
        assert new.fingerprint != old.fingerprint
        more_found = new.line("quality").details["incidents"]
        assert more_found == old.line("quality").details["incidents"] + 8

    def test_the_database_allows_one_current_card_a_person(self, cast: Cast) -> None:
        card = card_of(calculated(cast), cast.noor)
        card.pk, card.version, card.uid = None, 9, "0" * 32
        with pytest.raises(IntegrityError), transaction.atomic():
            card.save()

    def test_the_slower_of_two_calculations_changes_nothing(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        period = calculated(cast)
        keys = list(period.scorecards.values_list("pk", flat=True))

        def meanwhile(*args: object, **options: object) -> object:
            ScoringPeriod.objects.update(calculations=99)
            return original(*args, **options)

        original = periods.cards.build
        monkeypatch.setattr(periods.cards, "build", meanwhile)
        with pytest.raises(periods.Overtaken):
            periods.calculate_period(period=period, by=cast.hua)
        assert list(period.scorecards.values_list("pk", flat=True)) == keys

    def test_a_period_without_data_has_no_cards(self, cast: Cast) -> None:
        period = periods.add_period(name="quiet", starts_on=START, ends_on=END, by=cast.hua)
        assert periods.calculate_period(period=period, by=cast.hua)["people"] == 0

    def test_who_was_removed_from_the_ledger_stays_in_the_totals(self, cast: Cast) -> None:
        period = calculated(cast)
        before = card_of(period, cast.noor).line("throughput").value
        cast.wei.ledger_key.delete()
        counts = periods.calculate_period(period=period, by=cast.hua)
        assert counts["gone"] == 1
        assert not period.scorecards.current().filter(person=cast.wei).exists()
        assert card_of(period, cast.noor).line("throughput").value == before

    def test_an_error_without_a_maker_is_counted_and_charged_to_nobody(self, cast: Cast) -> None:
        store = busy_month(cast)
        charged = len(store.errors)
        store.erred(cast.wei, dt.date(2024, 3, 4))
        store.errors[-1]["person"] = ""
        store.write()
        period = periods.add_period(name="2024-03", starts_on=START, ends_on=END, by=None)
        periods.calculate_period(period=period, by=None)
        assert period.unattributed_errors == 1
        cards = period.scorecards.current()
        assert (
            sum(
                c.line("quality").details["incidents"]
                for c in cards
                if c.line("quality").details.get("incidents")
            )
            == charged
        )


class TestMeasures:
    def test_a_set_standard_counts_from_its_day(self, cast: Cast) -> None:
        period = calculated(cast)
        process = periods.Process.objects.get(code="picking")
        measures.set_standard(
            process=process,
            seconds_per_unit=Decimal(60),
            on=dt.date(2024, 3, 18),
            reason="time study",
            by=cast.hua,
        )
        periods.calculate_period(period=period, by=cast.hua)
        rows = card_of(period, cast.noor).snapshot["processes"]
        by_origin = {row["origin"]: row["seconds_per_unit"] for row in rows}
        assert by_origin["set"] == 60
        assert 50 < by_origin["peers"] < 70

    def test_a_later_standard_ends_the_earlier(self, cast: Cast) -> None:
        process = measures.name_process(
            code="picking", name_en="Picking", name_zh="拣货", by=cast.hua
        )
        for month, seconds in ((1, 60), (2, 55)):
            measures.set_standard(
                process=process,
                seconds_per_unit=Decimal(seconds),
                on=dt.date(2024, month, 1),
                reason="time study",
                by=cast.hua,
            )
        assert list(process.standards.values_list("starts_on", "ends_on")) == [
            (dt.date(2024, 2, 1), None),
            (dt.date(2024, 1, 1), dt.date(2024, 2, 1)),
        ]
        measures.end_standard(process=process, on=dt.date(2024, 3, 1), by=cast.hua)
        assert not process.standards.on(dt.date(2024, 3, 1)).exists()

    def test_a_standard_never_counts_backwards_into_what_is_published(self, cast: Cast) -> None:
        period = calculated(cast)
        ScoringPeriod.objects.update(state="published", published_at=period.calculated_at)
        process = periods.Process.objects.get(code="picking")
        with pytest.raises(measures.MeasureError, match="2024-04-01"):
            measures.set_standard(
                process=process,
                seconds_per_unit=Decimal(60),
                on=dt.date(2024, 3, 31),
                reason="time study",
                by=cast.hua,
            )

    def test_the_weights_of_a_role_are_those_in_force_on_the_first_day(self, cast: Cast) -> None:
        def weigh(role: object, throughput: int, on: dt.date) -> None:
            measures.set_weights(
                role=role,
                throughput=throughput,
                quality=50,
                competence=0,
                gate=Decimal("1.5"),
                on=on,
                by=cast.hua,
            )

        weigh(None, 10, dt.date(2024, 1, 1))
        weigh(cast.picker, 50, START)
        weigh(cast.picker, 99, dt.date(2024, 3, 2))
        period = calculated(cast)
        assert card_of(period, cast.noor).snapshot["weights"]["throughput"] == 50
        assert card_of(period, cast.pia).snapshot["weights"]["throughput"] == 10

    def test_only_hr_sets_them(self, cast: Cast) -> None:
        with pytest.raises(measures.NotAllowed):
            measures.set_weights(
                role=None,
                throughput=1,
                quality=1,
                competence=1,
                gate=Decimal(1),
                on=START,
                by=cast.lena,
            )


class TestReviewing:
    @pytest.fixture
    def period(self, cast: Cast) -> ScoringPeriod:
        period = calculated(cast)
        periods.start_review(period=period, by=cast.hua)
        return period

    def write(self, review: Review, by: object, **changes: object) -> None:
        fields = {"lead_words": "Steady.", "goals": "", "band_reason": "", "met_on": None}
        reviews.save_review(review=review, by=by, **(fields | changes))

    def sign_all(self, period: ScoringPeriod, cast: Cast) -> None:
        for card in period.scorecards.current().select_related("review"):
            by = cast.leo if card.team == cast.packers else cast.lena
            self.write(card.review, by, band_reason="Many mispicks, see the rows.")
            reviews.sign_review(review=card.review, seen=card, by=by)

    def test_each_card_goes_to_the_lead_of_its_person(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        assert card_of(period, cast.noor).review.reviewer == cast.lena
        assert card_of(period, cast.pia).review.reviewer == cast.leo

    def test_a_lead_reviews_only_the_own_team(self, cast: Cast, period: ScoringPeriod) -> None:
        review = card_of(period, cast.noor).review
        for person in (cast.leo, cast.noor, cast.wei, cast.hua, cast.mei, cast.ada):
            with pytest.raises(reviews.NotAllowed):
                self.write(review, person)
        self.write(review, cast.lena)

    def test_nobody_reviews_the_own_card(self, cast: Cast) -> None:
        store = busy_month(cast)
        for day in (4, 5, 6):
            store.did(cast.lena, 300, 6, dt.date(2024, 3, day))
        store.write()
        period = periods.add_period(name="2024-03", starts_on=START, ends_on=END, by=cast.hua)
        periods.calculate_period(period=period, by=cast.hua)
        periods.start_review(period=period, by=cast.hua)
        own = card_of(period, cast.lena)
        assert own.review.reviewer is None
        assert own.team == cast.pickers
        with pytest.raises(reviews.NotAllowed):
            self.write(own.review, cast.lena)
        self.write(own.review, cast.hua)

    def test_below_expectations_needs_a_reason(self, cast: Cast, period: ScoringPeriod) -> None:
        card = card_of(period, cast.wei)
        assert card.band == "below"
        with pytest.raises(reviews.ReasonMissing):
            reviews.sign_review(review=card.review, seen=card, by=cast.lena)
        self.write(card.review, cast.lena, band_reason="Many mispicks.")
        reviews.sign_review(review=card.review, seen=card, by=cast.lena)
        assert card.review.lead_signed_by == cast.lena

    def test_what_is_signed_stands_until_the_signature_is_taken_back(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        card = card_of(period, cast.noor)
        self.write(card.review, cast.lena)
        reviews.sign_review(review=card.review, seen=card, by=cast.lena)
        with pytest.raises(reviews.AlreadySigned):
            self.write(card.review, cast.lena, lead_words="Other words.")
        reviews.take_signature_back(review=card.review, by=cast.lena)
        self.write(card.review, cast.lena, lead_words="Other words.")
        assert card.review.lead_words == "Other words."

    def test_a_recalculation_takes_the_signature_off(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        old = card_of(period, cast.noor)
        self.write(old.review, cast.lena)
        reviews.sign_review(review=old.review, seen=old, by=cast.lena)
        late = Store()
        late.erred(cast.noor, dt.date(2024, 3, 5))
        late.errors[0]["event_id"] = "late"
        late.write()
        periods.calculate_period(period=period, by=cast.hua)
        new = card_of(period, cast.noor)
        assert new.version == 2
        assert new.review.lead_words == "Steady."
        assert not new.review.is_signed
        with pytest.raises(reviews.Superseded):
            reviews.sign_review(review=new.review, seen=old, by=cast.lena)

    def test_publishing_waits_for_every_verdict_to_be_signed(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        with pytest.raises(periods.NotReady) as refused:
            periods.publish(period=period, by=cast.hua)
        period.refresh_from_db()
        assert period.state == "in_review"
        assert cast.noor.name in refused.value.names
        assert cast.pia.name not in refused.value.names, "not enough data: nothing to sign"
        self.sign_all(period, cast)
        periods.publish(period=period, by=cast.hua)
        assert period.is_published

    def test_what_is_published_is_never_calculated_again(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        self.sign_all(period, cast)
        periods.publish(period=period, by=cast.hua)
        before = list(period.scorecards.values_list("pk", "content_sha256", "superseded_at"))
        late = Store()
        late.erred(cast.noor, dt.date(2024, 3, 5))
        late.errors[0]["event_id"] = "late"
        late.write()
        with pytest.raises(periods.NotInThatState):
            periods.calculate_period(period=period, by=cast.hua)
        assert (
            list(period.scorecards.values_list("pk", "content_sha256", "superseded_at")) == before
        )
        with pytest.raises(reviews.NotAllowed):
            self.write(card_of(period, cast.noor).review, cast.lena)

    def test_the_person_answers_after_the_publication_until_the_closing(
        self, cast: Cast, period: ScoringPeriod
    ) -> None:
        review = card_of(period, cast.noor).review
        with pytest.raises(reviews.NotAllowed):
            reviews.save_own_words(review=review, words="Hello", by=cast.noor)
        self.sign_all(period, cast)
        periods.publish(period=period, by=cast.hua)
        review.refresh_from_db()
        with pytest.raises(reviews.NotAllowed):
            reviews.sign_own(review=review, by=cast.lena)
        reviews.save_own_words(review=review, words="I disagree with row 3.", by=cast.noor)
        reviews.sign_own(review=review, by=cast.noor)
        with pytest.raises(reviews.AlreadySigned):
            reviews.save_own_words(review=review, words="Other", by=cast.noor)
        periods.close(period=period, by=cast.hua)
        other = card_of(period, cast.wei).review
        with pytest.raises(reviews.AlreadySigned):
            reviews.sign_own(review=other, by=cast.wei)

    def test_steps_are_taken_in_their_order(self, cast: Cast, period: ScoringPeriod) -> None:
        with pytest.raises(periods.NotInThatState, match="in review"):
            periods.start_review(period=period, by=cast.hua)
        with pytest.raises(periods.NotInThatState):
            periods.close(period=period, by=cast.hua)


class TestSeeing:
    def names(self, user: object) -> set[str]:
        return {card.person.name for card in Scorecard.objects.visible_to(user)}

    def test_before_the_review_only_those_who_read_all(self, cast: Cast) -> None:
        period = calculated(cast)
        everybody = {card.person.name for card in period.scorecards.all()}
        for person in (cast.hua, cast.mei, cast.otto):
            assert self.names(person) == everybody
        for person in (cast.lena, cast.leo, cast.noor, cast.ada, cast.ping):
            assert self.names(person) == set()

    def test_in_review_a_lead_sees_the_team_and_the_person_nothing(self, cast: Cast) -> None:
        period = calculated(cast)
        periods.start_review(period=period, by=cast.hua)
        assert self.names(cast.leo) == {"Pia"}
        assert {"Noor", "王喆"} <= self.names(cast.lena)
        assert "Pia" not in self.names(cast.lena)
        assert self.names(cast.noor) == set()

    def test_published_ones_are_seen_by_their_person_and_no_other(self, cast: Cast) -> None:
        period = calculated(cast)
        ScoringPeriod.objects.update(state="published", published_at=period.calculated_at)
        assert self.names(cast.noor) == {"Noor"}
        assert self.names(cast.wei) == {"王喆"}
        assert self.names(cast.ada) == set()

    def test_who_no_longer_leads_no_longer_sees(self, cast: Cast) -> None:
        period = calculated(cast)
        periods.start_review(period=period, by=cast.hua)
        people.end_team_lead(
            team=cast.pickers, person=cast.lena, on=dt.date(2024, 5, 1), by=cast.hua
        )
        assert self.names(cast.lena) == set()

    def test_a_superseded_card_is_for_those_who_read_all(self, cast: Cast) -> None:
        period = calculated(cast)
        ScoringPeriod.objects.update(state="published", published_at=period.calculated_at)
        period.scorecards.update(superseded_at=period.calculated_at)
        assert self.names(cast.noor) == set()
        assert "Noor" in self.names(cast.otto)


class TestCommand:
    def run(self, **options: str) -> str:
        out = StringIO()
        given = {"from": "2024-03-01", "to": "2024-04-01", "name": "2024-03"} | options
        arguments = [f"--{name}={value}" for name, value in given.items()]
        call_command("calculate_scores", *arguments, stdout=out, stderr=StringIO())
        return out.getvalue()

    def test_it_opens_and_calculates_and_again_keeps_all(self, cast: Cast) -> None:
        busy_month(cast).write()
        assert "9 people, 9 new" in self.run()
        assert "9 people, 0 new, 0 changed, 9 as before" in self.run()

    def test_other_days_under_the_same_name_are_refused(self, cast: Cast) -> None:
        self.run()
        with pytest.raises(CommandError, match="2024-03-01 to 2024-04-01"):
            self.run(to="2024-05-01")

    def test_days_the_wrong_way_round_are_refused(self, cast: Cast) -> None:
        with pytest.raises(CommandError, match="later"):
            self.run(to="2024-02-01")
