"""A job as its owner sees it: how far it is, how to stop it, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kit.models import Job
from people.models import User
from tests.cast import Cast

SignIn = Callable[[User], Client]


def a_job(owner: User, state: str, **fields: Any) -> Job:
    now = timezone.now()
    if state == "running":
        fields |= {"claim": "0" * 32, "started_at": now, "heartbeat_at": now}
    elif state != "queued":
        fields |= {"finished_at": now}
    return Job.objects.create(kind="test", state=state, owner=owner, created_at=now, **fields)


def card(client: Client, job: Job, **headers: str) -> str:
    return client.get(reverse("kit:job", args=[job.pk]), headers=headers).content.decode()


def test_a_running_job_asks_again_for_itself(cast: Cast, sign_in: SignIn) -> None:
    job = a_job(cast.hua, "running", done=1200, total=4000, message="Reading rows")
    html = card(sign_in(cast.hua), job)
    assert f'hx-get="{reverse("kit:job", args=[job.pk])}"' in html
    assert '<progress value="1200" max="4000" aria-label="Reading rows">' in html
    assert reverse("kit:job_cancel", args=[job.pk]) in html


def test_a_job_of_unknown_length_shows_no_bar(cast: Cast, sign_in: SignIn) -> None:
    html = card(sign_in(cast.hua), a_job(cast.hua, "queued"))
    assert "<progress" not in html
    assert "as soon as a worker is free" in html


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_an_ended_job_asks_no_more(state: str, cast: Cast, sign_in: SignIn) -> None:
    job = a_job(cast.hua, state, error="Column “date” is missing." if state == "failed" else "")
    html = card(sign_in(cast.hua), job)
    assert "hx-get" not in html
    assert reverse("kit:job_cancel", args=[job.pk]) not in html
    assert ("Column “date” is missing." in html) is (state == "failed")


def test_the_page_is_drawn_anew_when_the_job_ends(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.hua)
    url = reverse("kit:job", args=[a_job(cast.hua, "succeeded").pk])
    assert client.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(url).headers
    url = reverse("kit:job", args=[a_job(cast.hua, "queued").pk])
    assert "HX-Refresh" not in client.get(url, headers={"HX-Request": "true"}).headers
