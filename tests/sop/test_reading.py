"""Staff read what is in force, in their language, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from django.utils import translation as active
from django.utils.safestring import mark_safe
from PIL import Image as Pillow

from people.models import User
from sop import hooks, services
from sop.durations import how_long
from sop.models import ReleasedPicture, SOPPage, SOPRelease
from sop.reading import step_of
from tests.cast import Cast
from tests.sop.editor import page_data
from tests.sop.make import a_draft, a_picture, a_release, approve, change, step, translation

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


class TestTheList:
    def test_puts_the_own_roles_first(self, cast: Cast, sign_in: SignIn) -> None:
        a_release(cast, "PK-03")
        a_release(
            cast, "PA-01", team=cast.packers, roles=[cast.packer], by=cast.leo,
            steps=[step("Wrap", role="packer")],
        )  # fmt: skip
        context = sign_in(cast.pia).get("/sop/").context
        assert [release.code for release, _text in context["own"]] == ["PA-01"]
        assert [release.code for release, _text in context["others"]] == ["PK-03"]

    @pytest.mark.parametrize(
        ("query", "found"),
        [("pk-03", 1), ("ORDER", 1), ("pick order", 1), ("拣", 1), ("PK-04", 0), ("walk", 0)],
    )
    def test_is_searched_by_code_and_title(
        self, cast: Cast, sign_in: SignIn, query: str, found: int
    ) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        approve(cast, page)
        approve(cast, translation(page))
        reader = cast.wei if query == "拣" else cast.noor
        context = sign_in(reader).get("/sop/", {"q": query}).context
        assert len(context["own"]) == found

    def test_holds_no_draft_and_nothing_that_is_not_in_force(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        a_draft(cast, "PK-01")
        approve(cast, a_draft(cast, "PK-02"), effective_from=timezone.now() + dt.timedelta(days=1))
        gone = a_release(cast, "PK-04")
        services.withdraw(release=gone, by=cast.lena, reason="Unsafe")
        for who in (cast.noor, cast.lena, cast.ping, cast.ada):
            shown = text(sign_in(who), "/sop/")
            assert not [code for code in ("PK-01", "PK-02", "PK-04") if code in shown]

    def test_needs_few_queries_however_long_it_is(
        self, cast: Cast, sign_in: SignIn, django_assert_max_num_queries: Callable
    ) -> None:
        for number in range(1, 7):
            a_release(cast, f"PK-{number}")
        client = sign_in(cast.noor)
        client.get("/sop/")
        with django_assert_max_num_queries(20):
            client.get("/sop/")


class TestARelease:
    def test_says_which_release_it_is_and_who_approved_it(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        a_release(cast)
        shown = text(sign_in(cast.noor), "/sop/PK-03/")
        assert "Release 1.0" in shown
        assert "approved by Ping" in shown
        assert "Scan the shelf" in shown

    def test_is_read_in_the_readers_language(self, cast: Cast, sign_in: SignIn) -> None:
        page = a_draft(cast, languages=("en", "zh-hans"))
        approve(cast, page)
        approve(cast, translation(page))
        assert "中文 Scan the shelf" in text(sign_in(cast.wei), "/sop/PK-03/")
        assert "中文 Scan" not in text(sign_in(cast.noor), "/sop/PK-03/")

    def test_says_so_when_it_is_shown_in_another_language(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        a_release(cast)
        response = sign_in(cast.wei).get("/sop/PK-03/")
        assert response.context["language_missing"]
        assert 'lang="en"' in response.content.decode()

    def test_warnings_carry_their_level_in_words(self, cast: Cast, sign_in: SignIn) -> None:
        warning = {"level": "danger", "text": "Forklifts cross here."}
        a_release(cast, steps=[step("Walk", warnings=[warning])])
        assert "<strong>Danger</strong> Forklifts cross here." in text(
            sign_in(cast.noor), "/sop/PK-03/"
        )

    def test_a_draft_changes_nothing_for_readers(self, cast: Cast, sign_in: SignIn) -> None:
        page = a_draft(cast)
        approve(cast, page)
        change(page, by=cast.lena, title="Unapproved words")
        assert "Unapproved" not in text(sign_in(cast.noor), "/sop/PK-03/")

    def test_a_superseded_one_opens_plainly_marked(self, cast: Cast, sign_in: SignIn) -> None:
        page = a_draft(cast)
        approve(cast, page)
        approve(cast, page, change_summary="Second.")
        shown = text(sign_in(cast.noor), "/sop/PK-03/r/1.0/")
        assert "Release 1.0 is superseded." in shown
        assert "superseded" not in text(sign_in(cast.noor), "/sop/PK-03/r/2.0/")

    def test_a_withdrawn_one_says_so_without_its_text(self, cast: Cast, sign_in: SignIn) -> None:
        release = a_release(cast)
        services.withdraw(release=release, by=cast.lena, reason="Unsafe")
        response = sign_in(cast.noor).get("/sop/PK-03/")
        assert response.status_code == 410
        assert "was withdrawn on" in response.content.decode()
        assert "Scan the shelf" not in response.content.decode()

    @pytest.mark.parametrize("number", ["9.9", "1", "x", "1.0.0", "-1.0", "1.²"])
    def test_an_impossible_number_is_not_found(
        self, cast: Cast, sign_in: SignIn, number: str
    ) -> None:
        a_release(cast)
        assert sign_in(cast.noor).get(f"/sop/PK-03/r/{number}/").status_code == 404

    def test_has_a_qr_code_of_its_lasting_address(self, cast: Cast, sign_in: SignIn) -> None:
        a_release(cast)
        response = sign_in(cast.noor).get("/sop/PK-03/qr.svg")
        assert response["Content-Type"] == "image/svg+xml"
        assert response.content.startswith(b"<svg")

    def test_one_step_can_be_shown_elsewhere(self, cast: Cast) -> None:
        release = a_release(cast)
        second = release.steps.get(order=2)
        shown = step_of(release.text_for("en"), second.step_uid)
        assert (shown.number, shown.title, shown.role) == (2, "Take the item", "Picker")


class TestPanels:
    @pytest.fixture(autouse=True)
    def only_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hooks, "_panels", {})

    def test_higher_layers_add_to_a_release_in_force_only(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        @hooks.release_panel(order=5)
        def panel(request: HttpRequest, release: SOPRelease) -> str:
            return mark_safe(f"<p>Box of {release.number} for {request.user.name}</p>")

        page = a_draft(cast)
        approve(cast, page)
        approve(cast, page, change_summary="Second.")
        assert "<p>Box of 2.0 for Noor</p>" in text(sign_in(cast.noor), "/sop/PK-03/")
        assert "Box of" not in text(sign_in(cast.noor), "/sop/PK-03/r/1.0/")

    def test_text_that_is_not_marked_as_html_is_escaped(self, cast: Cast, sign_in: SignIn) -> None:
        @hooks.release_panel()
        def panel(request: HttpRequest, release: SOPRelease) -> str:
            return "<script>"

        a_release(cast)
        assert "&lt;script&gt;" in text(sign_in(cast.noor), "/sop/PK-03/")


class TestPictures:
    @pytest.fixture
    def picture(self, cast: Cast) -> Iterator[ReleasedPicture]:
        image = a_picture("Shelf", collection=cast.pickers.section.collection)
        a_release(cast, steps=[step("Look", pictures=[{"image": image, "alt": "A shelf"}])])
        return ReleasedPicture.objects.get()

    def body(self, client: Client, picture: ReleasedPicture) -> bytes:
        response = client.get(f"/sop/pictures/{picture.pk}.webp")
        assert response.status_code == 200
        return b"".join(response)

    def test_are_served_to_readers_of_the_release(
        self, cast: Cast, picture: ReleasedPicture, sign_in: SignIn
    ) -> None:
        shown = text(sign_in(cast.noor), "/sop/PK-03/")
        assert f'src="/sop/pictures/{picture.pk}.webp" alt="A shelf"' in shown
        assert self.body(sign_in(cast.noor), picture)[8:12] == b"WEBP"

    def test_are_not_served_once_it_is_withdrawn(
        self, cast: Cast, picture: ReleasedPicture, sign_in: SignIn
    ) -> None:
        services.withdraw(release=SOPRelease.objects.get(), by=cast.lena, reason="Unsafe")
        address = f"/sop/pictures/{picture.pk}.webp"
        assert sign_in(cast.noor).get(address).status_code == 404

    def test_stay_as_they_were_when_the_original_is_replaced(
        self, cast: Cast, picture: ReleasedPicture, sign_in: SignIn
    ) -> None:
        before = self.body(sign_in(cast.noor), picture)
        draft = SOPPage.objects.get().steps[0].value["pictures"][0]["image"]
        other = io.BytesIO()
        Pillow.new("RGB", (30, 30), "red").save(other, "PNG")
        draft.file = ContentFile(other.getvalue(), name="Shelf.png")
        draft.save()
        assert self.body(sign_in(cast.noor), picture) == before

    def test_lose_what_the_camera_wrote_into_them(self, cast: Cast) -> None:
        data = io.BytesIO()
        exif = Pillow.Exif()
        exif[0x010F] = "SecretPhone"
        Pillow.new("RGB", (4000, 3000), "blue").save(data, "JPEG", exif=exif)
        image = a_picture("Photo", data=data.getvalue())
        a_release(cast, steps=[step("Look", pictures=[{"image": image, "alt": "Blue"}])])
        kept = ReleasedPicture.objects.get()
        with kept.file.open("rb") as file:
            stored = file.read()
        assert b"SecretPhone" in data.getvalue()
        assert b"SecretPhone" not in stored
        assert (kept.width, kept.height) == (1600, 1200)


class TestPreview:
    def test_an_author_sees_the_draft_as_readers_will(self, cast: Cast, sign_in: SignIn) -> None:
        page = a_draft(cast)
        shown = text(sign_in(cast.lena), f"/cms/pages/{page.pk}/view_draft/")
        assert "Scan the shelf" in shown
        assert "Draft. Nobody works from it" in shown

    def test_also_before_it_is_saved_for_the_first_time(self, cast: Cast, sign_in: SignIn) -> None:
        section = a_draft(cast, "PK-01").get_parent()
        lena = sign_in(cast.lena)
        address = f"/cms/pages/add/sop/soppage/{section.pk}/preview/"
        assert lena.post(address, page_data(cast, code="PK-02")).json()["is_valid"]
        assert "Scan the shelf" in text(lena, address + "?mode=")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(8, "8 s", "8 秒"), (80, "1 min 20 s", "1 分 20 秒"), (3900, "1 h 5 min", "1 小时 5 分")],
)
def test_times_are_said_as_people_say_them(seconds: int, english: str, chinese: str) -> None:
    assert how_long(seconds) == english
    with active.override("zh-hans"):
        assert how_long(seconds) == chinese
