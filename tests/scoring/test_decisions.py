"""Deciding who made an error: by whom, about whom, and that it can be taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people import services as people
from people.models import AuditRecord, User
from scoring import aggregate
from scoring.models import AttributionDecision, PersonKey
from scoring.queries import current_snapshot
from scoring.services import attribution
from scoring.services.attribution import DecisionRefused
from tests.cast import Cast
from tests.scoring import imported
from tests.scoring.imported import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def error(cast: Cast, settings: object, tmp_path: Path) -> str:
    """Noor and Wei finished the same order's picking at once; Pia, who checks, logged an error."""
    settings.HANDRAIL_LEDGER_DIR = tmp_path / "ledger"
    settings.HANDRAIL_FILES_DIR = tmp_path / "files"
    settings.TIME_ZONE = "Asia/Shanghai"
    return imported.open_error(cast.noor, cast.wei, finder=cast.pia)


def decide(error: str, maker: User, by: User, reason: str = "Seen.") -> AttributionDecision:
    return attribution.assign(
        error_event=error, maker=maker, reason=reason, by=by, at=timezone.now()
    )


def charged() -> dict[str, int]:
    """Pieces by employee number."""
    facts = aggregate.daily_facts(current_snapshot(), DAY, DAY + dt.timedelta(days=1))
    numbers = {k.key.hex: k.person.employee_number for k in PersonKey.objects.all()}
    return {numbers[r.person]: r.quantity for r in facts.errors.itertuples()}


def test_an_open_error_is_charged_to_nobody(error: str) -> None:
    assert charged() == {}


def test_hr_assigns_an_error(error: str, cast: Cast) -> None:
    decide(error, cast.noor, cast.hua)
    assert charged() == {"P1": 2}
    assert aggregate.open_errors(current_snapshot()).empty
    assert AuditRecord.objects.filter(verb="error.assigned", actor=cast.hua).exists()


def test_a_lead_assigns_within_the_own_team(error: str, cast: Cast) -> None:
    decide(error, cast.wei, cast.lena)
    assert charged() == {"P2": 2}


def test_a_lead_assigns_nobody_of_another_team(error: str, cast: Cast) -> None:
    with pytest.raises(DecisionRefused, match="not in a team that you lead"):
        decide(error, cast.leo, cast.lena)
    assert charged() == {}


@pytest.mark.parametrize("who", ["noor", "otto", "mei", "ping"])
def test_others_assign_nothing(error: str, cast: Cast, who: str) -> None:
    with pytest.raises(DecisionRefused):
        decide(error, cast.wei, getattr(cast, who))


def test_who_logged_the_error_is_never_charged_with_it(error: str, cast: Cast) -> None:
    with pytest.raises(DecisionRefused, match="logged this error"):
        decide(error, cast.pia, cast.hua)


def test_a_decision_without_a_reason_is_none(error: str, cast: Cast) -> None:
    with pytest.raises(DecisionRefused, match="reason"):
        decide(error, cast.noor, cast.hua, reason="  ")


def test_a_decided_error_is_not_decided_again_over_the_first(error: str, cast: Cast) -> None:
    decide(error, cast.noor, cast.hua)
    with pytest.raises(DecisionRefused):
        decide(error, cast.wei, cast.hua)


def test_only_hr_lets_an_error_count_for_nobody(error: str, cast: Cast) -> None:
    given = {"error_event": error, "reason": "The label was misprinted.", "at": timezone.now()}
    with pytest.raises(DecisionRefused):
        attribution.charge_nobody(**given, by=cast.lena)
    attribution.charge_nobody(**given, by=cast.hua)
    assert charged() == {}
    assert aggregate.open_errors(current_snapshot()).empty


def test_a_decision_can_be_taken_back_and_stays_on_record(error: str, cast: Cast) -> None:
    before = current_snapshot().fingerprint
    first = decide(error, cast.noor, cast.lena)
    attribution.undo(decision=first, reason="A mix-up.", by=cast.lena, at=timezone.now())
    assert charged() == {}
    assert current_snapshot().fingerprint == before
    assert [d.verdict for d in AttributionDecision.objects.all()] == ["undone", "assigned"]
    decide(error, cast.wei, cast.hua)
    assert charged() == {"P2": 2}


def test_a_decision_is_taken_back_once_and_by_its_author_or_hr(error: str, cast: Cast) -> None:
    first = decide(error, cast.noor, cast.hua)
    given = {"decision": first, "reason": "A mix-up.", "at": timezone.now()}
    with pytest.raises(DecisionRefused, match="Only HR"):
        attribution.undo(**given, by=cast.lena)
    attribution.undo(**given, by=cast.hua)
    with pytest.raises(DecisionRefused, match="taken back meanwhile"):
        attribution.undo(**given, by=cast.hua)


Signed = Callable[[User], Client]


def test_the_queue_shows_a_lead_the_own_orders(error: str, cast: Cast, sign_in: Signed) -> None:
    url = reverse("scoring:unattributed")
    own, other = sign_in(cast.lena).get(url), sign_in(cast.leo).get(url)
    assert "202401150000000001" in own.text
    assert "2 people could have made it." in own.text
    # Pia, of Leo's team, checked that order, so he is shown it too, but not the pickers' names
    assert "202401150000000001" in other.text
    page = sign_in(cast.leo).get(reverse("scoring:decide", args=[error])).text
    assert "Noor" not in page
    assert "another team" in page
    assert "HR decides about it" in page


def test_a_lead_without_anybody_on_the_order_is_not_shown_it(
    error: str, cast: Cast, sign_in: Signed
) -> None:
    people.join_team(person=cast.pia, team=cast.pickers, on=timezone.localdate(), by=None)
    client = sign_in(cast.leo)
    assert "202401150000000001" not in client.get(reverse("scoring:unattributed")).text
    assert client.get(reverse("scoring:decide", args=[error])).status_code == 404


def test_a_lead_decides_on_the_page(error: str, cast: Cast, sign_in: Signed) -> None:
    client = sign_in(cast.lena)
    url = reverse("scoring:decide", args=[error])
    page = client.get(url).text
    assert "Noor (P1)" in page
    assert "Pia" not in page
    refused = client.post(url, {"who": cast.noor.pk, "reason": ""})
    assert refused.status_code == 200
    assert charged() == {}
    response = client.post(url, {"who": cast.noor.pk, "reason": "Camera 3."})
    assert response.url == reverse("scoring:unattributed")
    assert charged() == {"P1": 2}
    decision = AttributionDecision.objects.get()
    undo = reverse("scoring:decision_undo", args=[decision.pk])
    assert undo in client.get(response.url).text
    client.post(undo, {"reason": "It was the other camera."})
    assert charged() == {}


def test_a_lead_cannot_post_what_the_page_does_not_offer(
    error: str, cast: Cast, sign_in: Signed
) -> None:
    client = sign_in(cast.lena)
    for who in (cast.leo.pk, cast.pia.pk, "nobody", "other"):
        answer = client.post(
            reverse("scoring:decide", args=[error]), {"who": who, "number": "L2", "reason": "x"}
        )
        assert answer.status_code == 200
    assert not AttributionDecision.objects.exists()


def test_hr_names_anybody_by_number(error: str, cast: Cast, sign_in: Signed) -> None:
    client, url = sign_in(cast.hua), reverse("scoring:decide", args=[error])
    missing = client.post(url, {"who": "other", "number": "P99", "reason": "x"})
    assert "Nobody has this employee number." in missing.text
    client.post(url, {"who": "other", "number": "l2", "reason": "He helped out."})
    assert charged() == {"L2": 2}
