"""What people read about scores: the card, its rows, the review, the period, the files."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone, translation

from kit import jobs, pdf
from kit.models import Job
from people.models import User
from scoring import export, words
from scoring.models import Process, Review, Scorecard, ScoringPeriod, Standard, Weights
from scoring.presenting import CardPage
from tests.cast import Cast
from tests.scoring.made import made_card

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
needs_pdf = pytest.mark.skipif(pdf.available() is not None, reason=str(pdf.available()))


def period(state: str = "published", name: str = "2024-Q1") -> ScoringPeriod:
    now = timezone.now()
    return ScoringPeriod.objects.create(
        name=name, state=state, starts_on=dt.date(2024, 1, 1), ends_on=dt.date(2024, 4, 1),
        created_at=now, calculated_at=now, fingerprint="f" * 64,
        published_at=now if state in ("published", "closed") else None,
    )  # fmt: skip


def reviewed(card: Scorecard, lead: User) -> Review:
    return Review.objects.create(
        scorecard=card, reviewer=lead, lead_words="Asks before guessing.", goals="Teach one.",
        lead_signed_at=timezone.now(), lead_signed_by=lead,
    )  # fmt: skip


class TestCard:
    def test_the_person_reads_verdict_numbers_steps_and_formula(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers, pace=1.6, errors=0.3)
        reviewed(card, cast.lena)
        page = sign_in(cast.noor).get(card.get_absolute_url()).content.decode()
        speed = card.line("throughput")
        assert "Exceeds expectations" in page
        assert words.value(speed) in page
        assert f"{words.hours(speed.details['standard_us'])} ÷" in page
        assert '<a href="/sop/PK-01/#step-4">PK-01 · 4 Scan the bin</a>' in page
        assert "Asks before guessing." in page
        assert card.content_sha256[:12] in page
        assert page.count('class="chart"') == 6

    def test_a_rank_is_for_hr_alone(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers)
        assert card.rank is not None
        for person in (cast.noor, cast.lena, cast.mei, cast.otto):
            page = sign_in(person).get(card.get_absolute_url()).content.decode()
            assert "Only HR sees this" not in page
        assert (
            "Only HR sees this" in sign_in(cast.hua).get(card.get_absolute_url()).content.decode()
        )

    def test_not_enough_data_is_a_result_with_its_reasons(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers, days=3)
        page = sign_in(cast.noor).get(card.get_absolute_url()).content.decode()
        assert "Not enough data" in page
        assert "fewer than 10 days" in page
        assert "not a mark against anybody" in page
        assert "score, with" not in page, "a score that rests on too little is not shown"

    def test_every_number_drills_down_to_its_rows(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers, errors=2)
        page = sign_in(cast.noor).get(f"{card.get_absolute_url()}rows/").content.decode()
        for row in card.evidence["errors"]:
            assert row["order_ref"] in page
        units = [words.number(row["units"]) for row in card.evidence["work"]]
        assert len(units) == 15
        assert all(f'<td class="num">{u}</td>' in page for u in units)
        assert "did this step on this order (wms)" in page

    def test_in_chinese_it_is_chinese(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period(), cast.wei, team=cast.pickers, errors=2)
        page = sign_in(cast.wei).get(card.get_absolute_url()).content.decode()
        assert 'lang="zh-hans"' in page
        main = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
        english = set(re.findall(r"[A-Za-z]{4,}", main))
        assert english <= {"picking", "normal", "f" * 12}, english
        assert "先扫库位" in main

    def test_nothing_of_a_colleague_can_be_read_off_it(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers)
        peers = card.snapshot["peers"]
        assert peers is None or "names" not in peers
        assert sign_in(cast.pia).get(card.get_absolute_url()).status_code == 404
        assert sign_in(cast.wei).get(f"{card.get_absolute_url()}scorecard.pdf").status_code == 404

    def test_an_old_version_leads_to_the_new_one(self, cast: Cast, sign_in: SignIn) -> None:
        item = period("calculated")
        old = made_card(item, cast.noor)
        Scorecard.objects.update(superseded_at=timezone.now())
        new = Scorecard.objects.create(
            **{
                f.attname: getattr(old, f.attname)
                for f in Scorecard._meta.concrete_fields
                if f.attname not in ("id", "uid", "version")
            },
            version=2,
        )
        page = sign_in(cast.hua).get(old.get_absolute_url()).content.decode()
        assert f'href="{new.get_absolute_url()}"' in page

    def test_the_list_of_ones_own_shows_only_published(self, cast: Cast, sign_in: SignIn) -> None:
        made_card(period("in_review", "2024-Q1"), cast.noor, team=cast.pickers)
        assert "2024-Q1" not in sign_in(cast.noor).get("/scores/").content.decode()
        ScoringPeriod.objects.update(state="published", published_at=timezone.now())
        assert "2024-Q1" in sign_in(cast.noor).get("/scores/").content.decode()


class TestAnswer:
    def test_words_and_signature(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period(), cast.noor, team=cast.pickers)
        review = reviewed(card, cast.lena)
        client = sign_in(cast.noor)
        url = f"{card.get_absolute_url()}answer/"
        client.post(url, {"words": "Row 2 was a system fault."})
        review.refresh_from_db()
        assert (review.person_words, review.person_signed_at) == ("Row 2 was a system fault.", None)
        client.post(url, {"words": "Row 2 was a system fault.", "sign": "1"})
        review.refresh_from_db()
        assert review.person_signed_at is not None
        page = client.post(url, {"words": "Other."}, follow=True).content.decode()
        assert "your words stand as they are" in page
        assert "Your answer" not in page


class TestReview:
    @pytest.fixture
    def card(self, cast: Cast) -> Scorecard:
        card = made_card(period("in_review"), cast.noor, team=cast.pickers, pace=0.6, errors=3)
        Review.objects.create(scorecard=card, reviewer=cast.lena)
        return card

    def test_the_form_saves_and_signs(self, cast: Cast, sign_in: SignIn, card: Scorecard) -> None:
        client = sign_in(cast.lena)
        url = f"{card.get_absolute_url()}review/"
        assert card.get_absolute_url() in client.get("/scores/reviews/").content.decode()
        words_ = {"lead_words": "Slow in March.", "band_reason": "", "met_on": "2024-04-02"}
        page = client.post(url, words_ | {"sign": "1"}).content.decode()
        assert "write the reason before you sign" in page
        card.review.refresh_from_db()
        assert card.review.lead_words == "Slow in March."
        assert not card.review.is_signed
        client.post(url, words_ | {"band_reason": "New layout, no training.", "sign": "1"})
        card.review.refresh_from_db()
        assert card.review.is_signed
        assert "Take the signature back" in client.get(url).content.decode()
        client.post(f"{url}reopen/")
        card.review.refresh_from_db()
        assert not card.review.is_signed

    def test_a_good_result_is_not_asked_for_a_reason(self, cast: Cast, sign_in: SignIn) -> None:
        card = made_card(period("in_review"), cast.noor, team=cast.pickers)
        Review.objects.create(scorecard=card, reviewer=cast.lena)
        assert card.band == "meets"
        page = sign_in(cast.lena).get(f"{card.get_absolute_url()}review/").content.decode()
        assert "band_reason" not in page


class TestPeriodPages:
    def test_hr_sees_what_to_do_and_who_is_missing(self, cast: Cast, sign_in: SignIn) -> None:
        item = period("in_review")
        card = made_card(item, cast.noor, team=cast.pickers)
        review = Review.objects.create(scorecard=card, reviewer=cast.lena)
        client = sign_in(cast.hua)
        page = client.get("/scores/periods/2024-Q1/").content.decode()
        assert "1 review is still to be signed" in page
        assert "Noor – Lena" in page
        assert ">Publish<" not in page
        review.lead_signed_at, review.lead_signed_by = timezone.now(), cast.lena
        review.save()
        client.post("/scores/periods/2024-Q1/publish/")
        item.refresh_from_db()
        assert item.state == "published"

    def test_a_manager_reads_and_is_offered_nothing(self, cast: Cast, sign_in: SignIn) -> None:
        made_card(period("calculated"), cast.noor, team=cast.pickers)
        page = sign_in(cast.mei).get("/scores/periods/2024-Q1/").content.decode()
        assert "Noor" in page
        assert "What to do now" not in page
        assert "Place" not in page

    def test_asking_for_a_calculation_queues_a_job(self, cast: Cast, sign_in: SignIn) -> None:
        item = period("open")
        sign_in(cast.hua).post("/scores/periods/2024-Q1/calculate/")
        job = Job.objects.get(kind="calculate_scores")
        assert (job.owner, job.payload) == (cast.hua, {"period": item.pk})
        assert jobs.run_now(job).result == {
            "people": 0, "new": 0, "changed": 0, "kept": 0, "gone": 0,
        }  # fmt: skip

    def test_a_published_period_is_not_calculated(self, cast: Cast, sign_in: SignIn) -> None:
        period("published")
        sign_in(cast.hua).post("/scores/periods/2024-Q1/calculate/")
        assert not Job.objects.exists()

    def test_a_new_period_says_what_is_wrong_where(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.hua)
        wrong = {"name": "a b", "starts_on": "2024-03-01", "last_day": "2024-02-01"}
        page = client.post("/scores/new-period/", wrong).content.decode()
        assert "can&#x27;t be before the first day" in page
        page = client.post(
            "/scores/new-period/", wrong | {"last_day": "2024-03-31"}
        ).content.decode()
        assert "can&#x27;t be a name" in page
        client.post("/scores/new-period/", wrong | {"name": "march", "last_day": "2024-03-31"})
        assert ScoringPeriod.objects.get(name="march").ends_on == dt.date(2024, 4, 1)

    def test_the_list_can_be_narrowed_to_a_team(self, cast: Cast, sign_in: SignIn) -> None:
        item = period("calculated")
        made_card(item, cast.noor, team=cast.pickers)
        made_card(item, cast.pia, team=cast.packers)
        page = sign_in(cast.hua).get(f"/scores/periods/2024-Q1/?team={cast.packers.pk}")
        assert "Pia" in page.content.decode()
        assert "Noor" not in page.content.decode()


class TestMeasurePages:
    def test_a_standard_and_a_name_are_set(self, cast: Cast, sign_in: SignIn) -> None:
        process = Process.objects.create(code="picking")
        client = sign_in(cast.hua)
        url = f"/scores/measures/{process.pk}/"
        client.post(url, {"form": "names", "name_en": "Picking", "name_zh": "拣货"})
        page = client.post(url, {"form": "standard", "seconds": "45.5", "on": "2024-05-01"})
        assert "Say how the standard was found" in page.content.decode()
        client.post(
            url,
            {"form": "standard", "seconds": "45.5", "on": "2024-05-01", "reason": "40 orders"},
        )
        process.refresh_from_db()
        assert process.name_zh == "拣货"
        assert Standard.objects.get().seconds_per_unit == 45.5
        client.post(url, {"form": "standard", "seconds": "", "on": "2024-06-01"})
        assert Standard.objects.get().ends_on == dt.date(2024, 6, 1)

    def test_weights_are_set_for_a_role(self, cast: Cast, sign_in: SignIn) -> None:
        sign_in(cast.hua).post(
            "/scores/measures/weights/",
            {
                "role": cast.picker.pk, "throughput": 30, "quality": 50, "competence": 20,
                "gate": "1.25", "on": "2024-05-01",
            },
        )  # fmt: skip
        assert Weights.objects.get().role == cast.picker
        page = sign_in(cast.otto).get("/scores/measures/").content.decode()
        assert "Picker" in page
        assert "Change weights" not in page


@needs_pdf
class TestFiles:
    def test_one_pdf_a_person_and_an_index(self, cast: Cast, tmp_path: Path) -> None:
        item = period()
        cast.noor.name = '=HYPERLINK("x")'
        cast.noor.save()
        for person in (cast.noor, cast.wei):
            made_card(item, person, team=cast.pickers)
        out = tmp_path / "new" / "folder"
        call_command(
            "export_scorecards", "2024-q1", out=out, stdout=io.StringIO(), stderr=io.StringIO()
        )
        names = sorted(path.name for path in out.iterdir())
        assert names == ["P1-HYPERLINKx-2024-Q1.pdf", "P2-王喆-2024-Q1.pdf", "index.xlsx"]
        assert all(
            (out / name).read_bytes().startswith(b"%PDF") for name in names if name.endswith("pdf")
        )
        sheet = openpyxl.load_workbook(out / "index.xlsx").active
        rows = list(sheet.values)
        assert rows[0][:3] == ("Employee number", "Name", "Team")
        assert rows[1][1] == '=HYPERLINK("x")'
        assert sheet["B2"].data_type == "s", "a name is never a formula"
        assert rows[2][-1] == "P2-王喆-2024-Q1.pdf"

    def test_a_period_that_is_not_there_or_empty(self, cast: Cast, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="There is no period 2024-Q1"):
            call_command("export_scorecards", "2024-Q1", out=tmp_path)
        period("open")
        with pytest.raises(CommandError, match="Calculate it first"):
            call_command("export_scorecards", "2024-Q1", out=tmp_path)

    def test_the_job_makes_a_zip_that_hr_downloads(self, cast: Cast, sign_in: SignIn) -> None:
        made_card(period(), cast.wei, team=cast.pickers)
        client = sign_in(cast.hua)
        client.post("/scores/periods/2024-Q1/export/")
        job = Job.objects.get(kind="export_scorecards")
        assert jobs.run_now(job).result == {"cards": 1}
        url = f"/scores/periods/2024-Q1/export/{job.pk}.zip"
        assert url in client.get("/scores/periods/2024-Q1/").content.decode()
        response = client.get(url)
        archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
        assert archive.testzip() is None
        assert archive.namelist() == ["P2-王喆-2024-Q1.pdf", "index.xlsx"]
        assert sign_in(cast.mei).get(url).status_code == 404

    def test_the_document_says_that_it_is_a_draft(self, cast: Cast) -> None:
        card = made_card(period("in_review"), cast.noor)
        assert "Draft, not published" in export.html_of(card)
        ScoringPeriod.objects.update(state="published", published_at=timezone.now())
        assert "Draft" not in export.html_of(Scorecard.objects.get())

    def test_a_name_out_of_the_ordinary_is_drawn_in_real_bold(self, cast: Cast) -> None:
        """The heading 王喆 against the same document with the name in a character that no font
        has, and against a lighter weight: boxes or a false bold would be alike."""
        card = made_card(period(), cast.wei)
        html = export.html_of(card)
        assert 'lang="zh-hans"' in html

        def page(text: str) -> np.ndarray:
            made = pdf.render_pdf(text, stylesheets=export.STYLESHEETS)
            return pypdfium2.PdfDocument(made)[0].render(scale=2, grayscale=True).to_numpy()

        written, light = page(html), page(html.replace("<h1>", '<h1 style="font-weight:400">'))
        other = page(html.replace("<h1>王喆</h1>", "<h1>王玥</h1>"))
        top = slice(0, written.shape[0] // 8)
        ink = [float((255 - image[top].astype(float)).sum()) for image in (written, light, other)]
        assert ink[0] > 1.03 * ink[1], "bold has more ink than regular"
        assert not np.array_equal(written[top], other[top])
        box = page(html.replace("<h1>王喆</h1>", "<h1>\U0010fffd\U0010fffe</h1>"))
        assert not np.array_equal(written[top], box[top])


class TestWords:
    def test_numbers_are_grouped_and_rounded_once(self) -> None:
        assert words.number(12345.678, 1) == "12,345.7"
        assert words.number(-0.04, 1) == "0.0"
        assert words.number(None) == "–"
        assert words.percent(105.26, 1) == "105.3%"

    def test_certainty_is_never_claimed(self, cast: Cast) -> None:
        card = made_card(period(), cast.noor)
        card.probability = 1.0
        assert words.sureness(card) == "99% sure"

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_every_reason_has_words(self, cast: Cast, language: str) -> None:
        card = made_card(period(), cast.noor)
        reasons = [
            "no_work", "no_units", "few_days", "no_standard", "nothing_expected", "few_expected",
            "nothing_asked", "too_little", "too_wide",
        ]  # fmt: skip
        with translation.override(language):
            said = words.lacks(reasons, card.snapshot["settings"])
        assert len(set(said)) == len(reasons)
        assert all(
            ("的" in text or "没" in text or "不" in text) == (language != "en") for text in said
        )

    def test_a_very_long_name_and_no_work_at_all(self, cast: Cast, sign_in: SignIn) -> None:
        cast.noor.name = "Wolfeschlegelsteinhausenbergerdorff " * 3
        cast.noor.save()
        card = made_card(period(), cast.noor, days=0)
        page = CardPage(card)
        assert page.processes == []
        assert page.trends == []
        assert [part.value for part in page.components][:2] == ["–", "–"]
        assert sign_in(cast.noor).get(card.get_absolute_url()).status_code == 200
