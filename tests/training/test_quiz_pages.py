"""Taking a quiz in the browser: with and without scripts, and without giving the key away."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from people.models import User
from tests.cast import Cast
from tests.training.make import KEY_MARKS, duty_of, take
from training import services
from training.models import Attempt, Module, Quiz, Response, Result

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def address(name: str, attempt: Attempt, **kwargs: Any) -> str:
    return reverse(f"training:{name}", kwargs={"pk": attempt.pk, **kwargs})


def begin(client: Client, module: Module) -> Attempt:
    response = client.post(reverse("training:begin", args=[module.slug]))
    attempt = Attempt.objects.order_by("-started_at", "-number").first()
    assert response.url == address("question", attempt, key="1")
    return attempt


def html(response: HttpResponse) -> str:
    return response.content.decode()


# --- The key is in no byte sent before handing in -----------------------------


def raw(response: HttpResponse) -> str:
    """Everything that goes over the wire: status, headers, cookies, body."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{response.status_code}\n{headers}\n{response.cookies}\n{html(response)}"


def everything_before_handing_in(client: Client, module: Module, attempt: Attempt) -> list[str]:
    seen = [client.get(reverse("training:home"))]
    seen.append(client.get(reverse("training:module", args=[module.slug])))
    seen.append(client.get(reverse("training:lesson", args=[module.slug, 1])))
    seen.append(client.get(reverse("training:person", args=[attempt.person_id])))
    for key in ("1", "2", "3"):
        place = address("question", attempt, key=key)
        seen.append(client.get(place))
        for value in ("1", "2"):
            data = {"answer": value, "client_key": f"{key}{value}"}
            seen.append(client.post(place, data, headers=HTMX))
            seen.append(client.post(place, data | {"go": "stay"}, follow=True))
        seen.append(client.post(place, {"answer": "99", "client_key": "x"}, headers=HTMX))
    seen.append(client.get(address("attempt", attempt)))
    return [raw(response) for response in seen]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nothing_sent_before_handing_in_holds_the_key(
    cast: Cast, module: Module, sign_in: SignIn, language: str
) -> None:
    User.objects.filter(pk=cast.noor.pk).update(language=language)
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    for sent in everything_before_handing_in(client, module, attempt):
        for mark in (*KEY_MARKS, "correct", "is-right"):
            assert mark not in sent
    client.post(address("submit", attempt))
    after = html(client.get(address("attempt", attempt)))
    planted = "EXPLANATION one" if language == "en" else "解释一"
    assert planted in after  # the marks that were looked for do appear in time


def test_right_and_wrong_options_look_the_same(cast: Cast, module: Module, sign_in: SignIn) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    for frozen in attempt.questions:
        page = html(client.get(address("question", attempt, key=frozen["key"])))
        options = re.findall(r'<label class="choice">.*?</label>', page, re.DOTALL)
        assert len(options) == len(frozen["choices"])
        bare = set()
        for option, choice in zip(options, frozen["choices"], strict=True):
            text = choice["text"]["en"]
            assert text in option
            bare.add(option.replace(text, "").replace(f'value="{choice["key"]}"', ""))
        assert len(bare) == 1


def test_the_questions_address_shows_no_database_ids(
    cast: Cast, module: Module, quiz: Quiz, sign_in: SignIn
) -> None:
    """Written first is often right: the order of ids would tell."""
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    page = html(client.get(address("question", attempt, key="1")))
    values = re.findall(r'name="answer" value="(\w+)"', page)
    assert values == ["1", "2", "3"]


def test_the_lead_sees_no_question_of_an_attempt_that_runs(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    attempt = take(cast.noor, module).attempt
    page = html(sign_in(cast.lena).get(address("attempt", attempt)))
    assert "What do you scan first?" not in page
    assert "EXPLANATION" not in page


# --- Answering ----------------------------------------------------------------


def test_an_answer_is_saved_as_it_is_given_and_says_so(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    place = address("question", attempt, key="1")
    response = client.post(place, {"answer": "2", "client_key": "k"}, headers=HTMX)
    assert "Saved 10:00" in html(response)
    assert 'id="client-key"' in html(response)
    assert Response.objects.get().answer == ["2"]


def test_without_scripts_next_saves_and_goes_on(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)

    def send(key: str, go: str, *values: str) -> str:
        place = address("question", attempt, key=key)
        data = {"answer": list(values), "client_key": key, "go": go}
        return client.post(place, data).url

    assert send("1", "next", "1") == address("question", attempt, key="2")
    assert send("2", "next", "1", "2") == address("question", attempt, key="3")
    assert send("3", "back", "1") == address("question", attempt, key="2")
    assert send("3", "next", "1") == address("attempt", attempt)
    assert "No answer yet" not in html(client.get(address("attempt", attempt)))
    result = client.post(address("submit", attempt), follow=True)
    assert "Passed" in html(result)
    assert Result.objects.get().percent == 100


def test_another_device_goes_on_where_the_first_stopped(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    phone, desk = sign_in(cast.noor), sign_in(cast.noor)
    attempt = begin(phone, module)
    place = address("question", attempt, key="1")
    phone.post(place, {"answer": "2", "client_key": "k"}, headers=HTMX)
    again = desk.post(reverse("training:begin", args=[module.slug]))
    assert again.url == address("attempt", attempt)
    assert re.search(r'value="2" checked', html(desk.get(place)))


def test_a_quiz_is_taken_in_the_persons_language(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.wei)
    attempt = begin(client, module)
    page = html(client.get(address("question", attempt, key="1")))
    assert "先扫什么？" in page
    assert "What do you scan first?" not in page


def test_an_answer_that_does_not_fit_is_refused_in_words(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    place = address("question", attempt, key="1")
    response = client.post(place, {"answer": ["1", "2"], "client_key": "k"}, headers=HTMX)
    assert response.status_code == 422
    assert "does not fit" in html(response)
    assert client.post(place, {"answer": "77", "client_key": "k"}).url == place
    assert not Response.objects.exists()


def test_pages_of_an_attempt_are_kept_in_no_cache(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    for place in (address("question", attempt, key="1"), address("attempt", attempt)):
        assert "no-store" in client.get(place)["Cache-Control"]


def test_a_used_up_quiz_says_what_to_do(cast: Cast, module: Module, sign_in: SignIn) -> None:
    client = sign_in(cast.noor)
    for _ in range(2):
        client.post(address("submit", begin(client, module)))
    response = client.post(reverse("training:begin", args=[module.slug]), follow=True)
    assert "Ask your lead" in html(response)
    assert Attempt.objects.count() == 2


# --- The end ------------------------------------------------------------------


def test_handing_in_twice_leads_to_the_same_result(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    client = sign_in(cast.noor)
    attempt = begin(client, module)
    for _ in range(2):
        assert client.post(address("submit", attempt)).url == address("attempt", attempt)
    assert Result.objects.count() == 1


@pytest.fixture
def timed(cast: Cast, module: Module, quiz: Quiz) -> Attempt:
    Quiz.objects.filter(pk=quiz.pk).update(time_limit_minutes=10)
    return take(cast.noor, Module.objects.get(pk=module.pk)).attempt


def test_after_the_time_an_answer_is_refused_and_the_result_shown(
    cast: Cast, timed: Attempt, sign_in: SignIn, clock: Any
) -> None:
    client = sign_in(cast.noor)
    clock.shift(dt.timedelta(minutes=11))
    place = address("question", timed, key="1")
    response = client.post(place, {"answer": "1", "client_key": "k"}, headers=HTMX)
    assert response["HX-Redirect"] == address("attempt", timed)
    page = html(client.get(address("attempt", timed)))
    assert "not taken" in page
    assert "The time was over" in page
    assert client.post(place, {"answer": "1", "client_key": "k"}).url == address("attempt", timed)
    assert not Response.objects.exists()


def test_opening_an_attempt_whose_time_is_over_shows_the_result(
    cast: Cast, timed: Attempt, sign_in: SignIn, clock: Any
) -> None:
    clock.shift(dt.timedelta(minutes=10))
    client = sign_in(cast.noor)
    assert client.get(address("question", timed, key="1")).url == address("attempt", timed)
    assert "Not passed yet" in html(client.get(address("attempt", timed)))


def test_whoever_failed_is_not_told_the_options_that_were_right(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    taking = take(cast.noor, module)
    taking.answer("1", "2")
    taking.submit()
    place = address("attempt", taking.attempt)
    own = html(sign_in(cast.noor).get(place))
    assert "FEEDBACK-WRONG item" in own
    assert "FEEDBACK-RIGHT" not in own
    assert "review__mark--right" not in own
    leads = html(sign_in(cast.lena).get(place))
    assert "review__mark--right" in leads


def test_a_wrong_answer_leads_to_the_step_that_it_is_about(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    taking = take(cast.noor, module)
    taking.answer("1", "2")
    taking.submit()
    page = html(sign_in(cast.noor).get(address("attempt", taking.attempt)))
    assert f"{reverse('sop:read', args=['PK-03'])}#step-1" in page


# --- Whose attempt it is ------------------------------------------------------


@pytest.mark.parametrize("who", ["wei", "pia", "leo", "mei", "ping", "ada"])
@pytest.mark.parametrize("done", [False, True])
def test_anothers_attempt_is_not_there(
    cast: Cast, module: Module, sign_in: SignIn, who: str, done: bool
) -> None:
    taking = take(cast.noor, module)
    if done:
        taking.submit()
    client = sign_in(getattr(cast, who))
    question = address("question", taking.attempt, key="1")
    assert client.get(address("attempt", taking.attempt)).status_code == 404
    assert client.get(question).status_code == 404
    assert client.post(question, {"answer": "1"}).status_code == 404
    assert client.post(address("submit", taking.attempt)).status_code == 404
    assert not Response.objects.exists()


@pytest.mark.parametrize("who", ["lena", "hua", "otto"])
def test_the_lead_hr_and_auditors_see_it_and_touch_nothing(
    cast: Cast, module: Module, sign_in: SignIn, who: str
) -> None:
    taking = take(cast.noor, module)
    client = sign_in(getattr(cast, who))
    assert client.get(address("attempt", taking.attempt)).status_code == 200
    question = address("question", taking.attempt, key="1")
    assert client.post(question, {"answer": "1"}).status_code == 404
    assert client.post(address("submit", taking.attempt)).status_code == 404
    taking.attempt.refresh_from_db()
    assert taking.attempt.is_open


def test_a_lead_who_stops_leading_no_longer_sees_attempts(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    from people import services as people_services

    attempt = take(cast.noor, module).attempt
    client = sign_in(cast.lena)
    assert client.get(address("attempt", attempt)).status_code == 200
    people_services.end_team_lead(
        team=cast.pickers, person=cast.lena, on=dt.date(2026, 3, 2), by=cast.hua
    )
    assert client.get(address("attempt", attempt)).status_code == 404


def test_a_certified_person_may_take_the_module_again(
    cast: Cast, module: Module, sign_in: SignIn
) -> None:
    services.certify(person=cast.noor, module=module, by=cast.lena)
    client = sign_in(cast.noor)
    client.post(reverse("training:enrol", args=[module.slug]))
    duty_of(cast.noor, module)
    begin(client, module)
