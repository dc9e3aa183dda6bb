"""Modules, lessons, certificates and acknowledgements as people see them; teams as leads do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from people import services as people_services
from people.models import User
from sop import services as sop_services
from sop.choices import ChangeKind
from sop.models import SOPPage, SOPRelease
from tests.cast import Cast
from tests.sop import make as sop
from tests.training.make import LESSON, a_module_page, approve, duty_of, take
from training import queries, services
from training.models import (
    Acknowledgement,
    Assignment,
    Module,
    ModulePage,
    Revocation,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(f"training:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


# --- Learning


def test_what_is_due_stands_first_with_its_reason(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    html = page(sign_in(cast.noor), "home")
    assert "Part of your role: Picker" in html
    assert date_format(duty_of(cast.noor, module).due_on) in html


def test_a_draft_module_has_no_address(
    cast: Cast, module_page: ModulePage, sign_in: SignIn
) -> None:
    for person in (cast.noor, cast.lena, cast.ping, cast.ada):
        for name, args in (("module", ()), ("lesson", (1,))):
            place = reverse(f"training:{name}", args=[module_page.slug, *args])
            assert sign_in(person).get(place).status_code == 404


def test_readers_keep_the_approved_text_while_a_change_is_written(
    cast: Cast, module: Module, module_page: ModulePage, sign_in: SignIn
) -> None:
    draft = ModulePage.objects.get(pk=module_page.pk)
    draft.summary = "SECRET DRAFT"
    draft.save_revision(user=cast.lena)
    client = sign_in(cast.noor)
    for html in (page(client, "module", module.slug), page(client, "lesson", module.slug, 1)):
        assert "SECRET DRAFT" not in html


def test_an_embedded_step_is_always_the_one_in_force(
    cast: Cast, module: Module, sop_page: SOPPage, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    assert "Scan the bin, calmly." in page(client, "lesson", module.slug, 1)
    steps = SOPPage.objects.get(pk=sop_page.pk).steps
    steps[0].value["title"] = "Scan the bin twice"
    draft = sop.change(sop_page, by=cast.lena, steps=steps, change_summary="Twice.")
    assert "Scan the bin twice" not in page(client, "lesson", module.slug, 1)
    sop.approve(cast, draft)
    html = page(client, "lesson", module.slug, 1)
    assert "Scan the bin twice" in html
    assert "PK-03, step 1, release 2.0" in html


def test_a_step_that_is_gone_says_so(
    cast: Cast, module: Module, release: SOPRelease, sign_in: SignIn
) -> None:
    sop_services.withdraw(release=release, reason="Wrong.", by=cast.lena)
    html = page(sign_in(cast.noor), "lesson", module.slug, 1)
    assert "Scan the bin, calmly." not in html
    assert "no longer has" in html


def test_finishing_a_lesson_is_kept_and_leads_on(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    response = client.post(reverse("training:lesson", args=[module.slug, 1]), {"lesson": LESSON})
    assert response.url == reverse("training:module", args=[module.slug]) + "#quiz"
    assert "1 / 1" in page(sign_in(cast.noor), "module", module.slug)
    assert duty_of(cast.noor, module).lessons_done.count() == 1


def test_a_lesson_number_that_is_none_is_not_found(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    for number in (0, 2, 99):
        place = reverse("training:lesson", args=[module.slug, number])
        assert client.get(place).status_code == 404
        assert client.post(place, {"lesson": LESSON}).status_code == 404


def test_a_language_without_a_text_says_which_one_is_read(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    html = page(sign_in(cast.wei), "module", module.slug)
    assert "English" in html
    assert 'lang="en"' in html


def test_my_certificates_hold_what_ended_too(cast: Cast, module: Module, sign_in: SignIn) -> None:
    certificate = services.certify(person=cast.noor, module=module, by=cast.lena)
    services.revoke(certification=certificate, reason="Copied.", by=cast.lena)
    services.certify(person=cast.noor, module=module, by=cast.lena)
    html = page(sign_in(cast.noor), "certificates")
    assert "Revoked" in html
    assert "Copied." in html
    assert "Certified" in html
    assert "Scanning" not in page(sign_in(cast.wei), "certificates")


def test_a_retired_module_is_gone_but_for_those_it_certified(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    services.certify(person=cast.noor, module=module, by=cast.lena)
    lead = sign_in(cast.lena)
    assert sign_in(cast.leo).post(reverse("training:retire", args=[module.slug])).status_code == 404
    lead.post(reverse("training:retire", args=[module.slug]), {"reason": "Merged."})
    assert "no longer offered" in page(sign_in(cast.noor), "module", module.slug)
    place = reverse("training:module", args=[module.slug])
    assert sign_in(cast.wei).get(place).status_code == 404


# --- Acknowledging


def read(client: Client, code: str = "PK-03") -> str:
    return client.get(reverse("sop:read", args=[code])).content.decode()


def test_a_reader_acknowledges_this_very_release(
    cast: Cast, release: SOPRelease, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    assert "Acknowledge PK-03, release 1.0" in read(client)
    place = reverse("training:acknowledge", args=[release.pk])
    for _ in range(2):
        assert client.post(place).url == reverse("sop:read", args=["PK-03"])
    kept = Acknowledgement.objects.get()
    assert (kept.person, kept.release) == (cast.noor, release)
    html = read(client)
    assert "You acknowledged release 1.0" in html
    assert "Acknowledge PK-03" not in html


def test_only_those_who_work_by_it_are_asked(
    cast: Cast, release: SOPRelease, sign_in: SignIn
) -> None:
    assert "Acknowledge PK-03" not in read(sign_in(cast.pia))
    assert [due.code for due in queries.to_read(cast.noor)] == ["PK-03"]
    assert not queries.to_read(cast.pia).exists()


def changed(cast: Cast, sop_page: SOPPage, kind: str) -> SOPRelease:
    draft = sop.change(
        sop_page, by=cast.lena, change_kind=kind, change_summary="Other.", scope=f"<p>{kind}</p>"
    )
    return sop.approve(cast, draft)


def test_a_superseded_release_is_not_acknowledged(
    cast: Cast, release: SOPRelease, sop_page: SOPPage, sign_in: SignIn
) -> None:
    changed(cast, sop_page, ChangeKind.MAJOR)
    client = sign_in(cast.noor)
    place = reverse("training:acknowledge", args=[release.pk])
    assert "not in force" in client.post(place, follow=True).content.decode()
    assert not Acknowledgement.objects.exists()


def test_a_withdrawn_release_is_not_there_to_acknowledge(
    cast: Cast, release: SOPRelease, sign_in: SignIn
) -> None:
    sop_services.withdraw(release=release, reason="Wrong.", by=cast.lena)
    place = reverse("training:acknowledge", args=[release.pk])
    assert sign_in(cast.noor).post(place).status_code == 404
    with pytest.raises(services.NotInForce):
        services.acknowledge(person=cast.noor, release=release)


def test_a_major_release_is_read_again_and_a_minor_one_not(
    cast: Cast, release: SOPRelease, sop_page: SOPPage, sign_in: SignIn
) -> None:
    services.acknowledge(person=cast.noor, release=release)
    changed(cast, sop_page, ChangeKind.MINOR)
    assert not queries.to_read(cast.noor).exists()
    assert "changed only the wording" in read(sign_in(cast.noor))
    major = changed(cast, sop_page, ChangeKind.MAJOR)
    assert list(queries.to_read(cast.noor)) == [major]


def test_whoever_comes_after_a_minor_release_reads_that_one(
    cast: Cast, release: SOPRelease, sop_page: SOPPage
) -> None:
    minor = changed(cast, sop_page, ChangeKind.MINOR)
    assert not minor.requires_acknowledgement
    assert list(queries.to_read(cast.noor)) == [minor]


# --- Teams


def test_a_lead_sees_the_own_team_only(cast: Cast, module: Module, sign_in: SignIn) -> None:
    html = page(sign_in(cast.lena), "team")
    assert "Noor" in html
    assert "Pia" not in html
    assert "Noor" not in page(sign_in(cast.leo), "team")
    everybody = page(sign_in(cast.hua), "team")
    assert "Noor" in everybody
    assert "Pia" in everybody


@pytest.mark.parametrize("who", ["noor", "ping"])
def test_others_have_no_team_page(cast: Cast, sign_in: SignIn, who: str) -> None:
    place = reverse("training:team")
    assert sign_in(getattr(cast, who)).get(place).status_code == 404


def test_a_lead_cannot_ask_for_another_team(cast: Cast, sign_in: SignIn) -> None:
    place = reverse("training:team") + f"?team={cast.packers.pk}"
    assert sign_in(cast.lena).get(place).status_code == 404
    assert sign_in(cast.hua).get(place).status_code == 200


def test_the_list_can_be_cut_to_a_state(cast: Cast, module: Module, sign_in: SignIn) -> None:
    services.certify(person=cast.noor, module=module, by=cast.lena)
    client = sign_in(cast.lena)
    certified = client.get(reverse("training:team") + "?state=certified")
    assert [row.person for row in certified.context["rows"]] == [cast.noor]
    due = client.get(reverse("training:team") + "?state=due")
    assert [row.person for row in due.context["rows"]] == [cast.wei]


def test_a_lead_assigns_a_module(cast: Cast, module: Module, sign_in: SignIn) -> None:
    people_services.join_team(
        person=cast.pia, team=cast.pickers, on=timezone.localdate(), by=cast.hua
    )
    client = sign_in(cast.lena)
    place = reverse("training:person", args=[cast.pia.pk])
    response = client.post(
        place, {"module": module.pk, "due_on": "2026-03-05", "note": "Help on Friday"}
    )
    assert response.url == place
    duty = duty_of(cast.pia, module)
    assert (duty.reason, duty.note, str(duty.due_on)) == ("lead", "Help on Friday", "2026-03-05")
    assert duty.why == "Help on Friday"


def test_a_due_date_in_the_past_is_refused(cast: Cast, module: Module, sign_in: SignIn) -> None:
    place = reverse("training:person", args=[cast.noor.pk])
    response = sign_in(cast.lena).post(place, {"module": module.pk, "due_on": "2026-03-01"})
    assert "today or a later day" in response.content.decode()


def test_a_lead_allows_ends_and_revokes(cast: Cast, module: Module, sign_in: SignIn) -> None:
    client = sign_in(cast.lena)
    duty = duty_of(cast.noor, module)
    client.post(reverse("training:allow_attempt", args=[duty.pk]))
    duty.refresh_from_db()
    assert duty.extra_attempts == 1
    client.post(reverse("training:end_assignment", args=[duty.pk]), {"reason": "Moved."})
    assert Assignment.objects.get(pk=duty.pk).ended_note == "Moved."
    certificate = services.certify(person=cast.noor, module=module, by=cast.hua)
    client.post(reverse("training:revoke", args=[certificate.pk]), {"reason": "Copied."})
    assert Revocation.objects.get().reason == "Copied."


@pytest.mark.parametrize("who", ["noor", "wei", "leo", "mei", "otto", "ada"])
def test_nobody_else_decides(cast: Cast, module: Module, sign_in: SignIn, who: str) -> None:
    client = sign_in(getattr(cast, who))
    duty = duty_of(cast.noor, module)
    certificate = services.certify(person=cast.wei, module=module, by=cast.hua)
    places = [
        reverse("training:person", args=[cast.noor.pk]),
        reverse("training:allow_attempt", args=[duty.pk]),
        reverse("training:end_assignment", args=[duty.pk]),
        reverse("training:revoke", args=[certificate.pk]),
    ]
    for place in places:
        assert client.post(place, {"reason": "x", "module": module.pk}).status_code == 404
    duty.refresh_from_db()
    assert (duty.extra_attempts, duty.ended_at) == (0, None)
    assert not Revocation.objects.exists()


def test_a_lead_does_not_decide_on_herself(cast: Cast, module: Module, sign_in: SignIn) -> None:
    certificate = services.certify(person=cast.lena, module=module, by=cast.hua)
    place = reverse("training:revoke", args=[certificate.pk])
    assert sign_in(cast.lena).post(place, {"reason": "x"}).status_code == 404


def test_a_persons_page_is_for_those_who_see_the_person(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    place = reverse("training:person", args=[cast.noor.pk])
    for who in ("noor", "lena", "hua", "mei", "otto"):
        assert sign_in(getattr(cast, who)).get(place).status_code == 200
    for who in ("wei", "pia", "leo", "ping"):
        assert sign_in(getattr(cast, who)).get(place).status_code == 404


def test_managers_see_how_far_a_person_is_but_not_the_answers(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    attempt = take(cast.noor, module).attempt
    html = page(sign_in(cast.mei), "person", cast.noor.pk)
    assert "Scanning" in html
    assert str(attempt.pk) not in html


def test_the_page_of_a_module_in_both_languages_reads_in_ones_own(
    cast: Cast, sign_in: SignIn
) -> None:
    written = a_module_page(cast, languages=("en", "zh-hans"))
    approve(cast, written)
    assert "扫描" not in page(sign_in(cast.wei), "module", "scan-pick")
    approve(cast, sop.translation(written).specific)
    assert "扫描" in page(sign_in(cast.wei), "module", "scan-pick")
    assert "Scanning" in page(sign_in(cast.noor), "module", "scan-pick")
