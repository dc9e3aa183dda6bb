"""HR's pages: what they show, to whom, and what their forms do."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kit import jobs
from kit.models import Job
from people import services
from people.models import Team, User
from people.queries import roles_of, team_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def names(client: Client, query: str = "") -> set[str]:
    html = client.get(f"/people/{query}").content.decode()
    return set(re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html))


def test_the_list_shows_hr_everybody_and_a_lead_the_own_team(cast: Cast, sign_in) -> None:
    assert names(sign_in(cast.hua)) >= {"Noor", "Pia", "Ada"}
    assert names(sign_in(cast.lena)) == {"Lena", "Noor", "王喆"}
    assert sign_in(cast.noor).get("/people/", follow=True).redirect_chain[-1][0] == (
        f"/people/{cast.noor.pk}/"
    )


def test_the_list_is_narrowed_down(cast: Cast, sign_in) -> None:
    hua = sign_in(cast.hua)
    services.leave(person=cast.pia, on=TODAY(), by=cast.hua)
    services.allow_sign_in(person=cast.wei, allowed=False, by=cast.hua)
    assert names(hua, "?q=noo") == {"Noor"}
    assert names(hua, "?q=ｐ１") == {"Noor", "Ping"}  # P1 and AP1, however wide they are typed
    assert names(hua, f"?team={cast.pickers.pk}") == {"Lena", "Noor", "王喆"}
    assert names(hua, f"?role={cast.picker.pk}") == {"Noor", "王喆"}
    assert names(hua, "?state=left") == {"Pia"}
    assert names(hua, "?state=closed") == {"王喆"}
    assert "王喆" not in names(hua, "?state=new")
    assert names(hua, "?state=all") >= {"Pia", "王喆", "Noor"}
    assert "Nobody found" in hua.get("/people/?q=zzz").content.decode()


def test_a_lead_can_not_widen_the_list_by_another_team(cast: Cast, sign_in) -> None:
    assert names(sign_in(cast.lena), f"?team={cast.packers.pk}") <= {"Lena", "Noor", "王喆"}


def test_the_list_takes_few_queries_however_long_it_is(
    cast: Cast, sign_in, django_assert_max_num_queries
) -> None:
    for n in range(30):
        services.add_person(
            employee_number=f"T{n}", name=f"T{n}", team=cast.pickers, roles=[cast.picker],
            hired_on=dt.date(2024, 1, 1), by=None,
        )  # fmt: skip
    client = sign_in(cast.hua)
    with django_assert_max_num_queries(20):
        client.get("/people/")
    with django_assert_max_num_queries(30):
        client.get("/people/teams/pickers/")
    with django_assert_max_num_queries(30):
        client.get("/people/codes/")


def test_hr_adds_a_person_with_team_and_roles(cast: Cast, sign_in) -> None:
    data = {
        "employee_number": "ｘ９", "name": "陈珺", "hired_on": "2024-05-01", "language": "zh-hans",
        "team": cast.packers.pk, "roles": [cast.picker.pk, cast.packer.pk], "email": "",
    }  # fmt: skip
    client = sign_in(cast.hua)
    response = client.post("/people/add/", data)
    added = User.objects.get(employee_number="x9")
    assert response["Location"] == f"/people/{added.pk}/"
    assert team_of(added, dt.date(2024, 5, 1)) == cast.packers
    assert set(roles_of(added, dt.date(2024, 5, 1))) == {cast.picker, cast.packer}
    twice = client.post("/people/add/", data)
    assert "already in use" in twice.context["form"].errors["employee_number"][0]


@pytest.mark.parametrize("day", ["", "2024-02-30", "0204-01-01", "2204-01-01"])
def test_an_impossible_day_is_named_at_its_field(cast: Cast, sign_in, day: str) -> None:
    data = {"team": cast.packers.pk, "on": day}
    response = sign_in(cast.hua).post(f"/people/{cast.noor.pk}/move/", data)
    assert response.context["form"].errors["on"]
    assert team_of(cast.noor, TODAY()) == cast.pickers


def test_a_refusal_of_the_service_is_shown_on_the_form(cast: Cast, sign_in) -> None:
    services.link_account(
        person=cast.wei, system="wms", account="W1", on=dt.date(2024, 1, 1), by=None
    )
    response = sign_in(cast.hua).post(
        f"/people/{cast.noor.pk}/accounts/",
        {"system": "wms", "account": "W1", "on": "2024-01-01"},
    )
    assert "belongs to" in response.context["form"].errors["account"][0]


def test_ids_of_another_persons_facts_lead_nowhere(cast: Cast, sign_in) -> None:
    holding = cast.pia.role_holdings.get()
    response = sign_in(cast.hua).post(
        f"/people/{cast.noor.pk}/roles/{holding.pk}/end/", {"on": TODAY().isoformat()}
    )
    assert response.status_code == 404
    assert cast.pia.role_holdings.open().exists()


def test_names_are_text_wherever_they_stand(cast: Cast, sign_in) -> None:
    evil = '<script>alert("x")</script>'
    services.change_person(
        person=cast.noor, name=evil, email=None, language="en", hired_on=None, by=None
    )
    client = sign_in(cast.hua)
    pages = ["", "codes/", "teams/pickers/", f"{cast.noor.pk}/", "audit/", "teams/"]
    for page in pages:
        assert evil not in client.get(f"/people/{page}").content.decode(), page
    slip = client.post(f"/people/{cast.noor.pk}/code/").content.decode()
    assert evil not in slip
    assert "&lt;script&gt;" in slip


def test_a_slip_opens_the_account_in_the_persons_own_language(cast: Cast, sign_in) -> None:
    html = sign_in(cast.hua).post(f"/people/{cast.wei.pk}/code/").content.decode()
    assert 'class="slip" lang="zh-hans"' in html
    assert "工号" in html
    [code] = re.findall(r'class="slip__code">(\d{4} \d{4})<', html)
    response = Client().post(
        "/people/code/",
        {"employee_number": "P2", "code": code, "password1": "a new battery",
         "password2": "a new battery"},
    )  # fmt: skip
    assert response.status_code == 302


def test_slips_are_made_for_those_chosen_whom_hr_may_let_in(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    people = [cast.noor.pk, cast.wei.pk, cast.ada.pk]
    response = client.post("/people/codes/", {"person": people})
    assert response.content.decode().count('class="slip"') == 2
    assert response["Cache-Control"].startswith("max-age=0")
    assert "Choose at least one" in client.post("/people/codes/").content.decode()
    assert not cast.ada.sign_in_codes.exists()


def test_a_person_sees_the_own_record_without_the_tools(cast: Cast, sign_in) -> None:
    html = sign_in(cast.noor).get(f"/people/{cast.noor.pk}/").content.decode()
    assert "Picking" in html
    assert "Change password" in html
    for tool in ("Record the leaving", "One-time code", "What was done", "/edit/"):
        assert tool not in html


def test_a_lead_reads_the_record_of_the_own_people_only(cast: Cast, sign_in) -> None:
    client = sign_in(cast.lena)
    html = client.get(f"/people/{cast.noor.pk}/").content.decode()
    assert "Record the leaving" not in html
    assert client.get(f"/people/{cast.pia.pk}/").status_code == 404


def test_the_history_tells_who_did_what(cast: Cast, sign_in) -> None:
    services.set_team_lead(team=cast.packers, person=cast.noor, on=TODAY(), by=cast.hua)
    html = sign_in(cast.otto).get(f"/people/{cast.noor.pk}/").content.decode()
    assert "named as lead" in html
    assert "Hua" in html


def test_the_audit_record_is_searched(cast: Cast, sign_in) -> None:
    services.allow_sign_in(person=cast.noor, allowed=False, by=cast.hua)
    client = sign_in(cast.otto)

    def lines(query: str) -> int:
        return len(client.get(f"/people/audit/{query}").context["page"].object_list)

    assert lines("?verb=sign_in.closed") == 1
    assert lines("?verb=sign_in.closed&q=noor") == 1
    assert lines("?verb=sign_in.closed&q=HR1") == 1
    assert lines("?verb=sign_in.closed&q=pia") == 0
    assert lines(f"?verb=sign_in.closed&until={TODAY() - dt.timedelta(days=1)}") == 0
    assert lines(f"?verb=sign_in.closed&since={TODAY()}") == 1


def test_teams_are_made_led_and_closed(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    client.post(
        "/people/add-team/", {"slug": "night", "name_zh": "夜班", "parent": cast.pickers.pk}
    )
    night = Team.objects.get(slug="night")
    client.post("/people/teams/night/leads/", {"person": cast.noor.pk, "on": TODAY().isoformat()})
    assert set(Team.objects.led_by(cast.noor)) == {night}
    assert "夜班" in client.get("/people/teams/").content.decode()
    client.post(f"/people/teams/night/leads/{cast.noor.pk}/end/", {"on": TODAY().isoformat()})
    assert not Team.objects.led_by(cast.noor).exists()
    assert client.post(f"/people/teams/night/leads/{cast.noor.pk}/end/").status_code == 404
    client.post("/people/teams/night/edit/", {"name_zh": "夜班"})
    night.refresh_from_db()
    assert not night.is_active
    assert night.parent is None


def test_nameless_and_doubled_codes_are_refused(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    response = client.post("/people/add-team/", {"slug": "pickers", "name_en": "Other"})
    assert "already in use" in response.context["form"].errors["slug"][0]
    response = client.post("/people/add-role/", {"slug": "guard"})
    assert "Give a name" in response.content.decode()


def hand_in(client: Client, text: str, **more: str) -> Job:
    file = SimpleUploadedFile("people.csv", text.encode())
    response = client.post("/people/import/", {"file": file} | more)
    job = Job.objects.get(pk=response["Location"].rstrip("/").split("/")[-1])
    return jobs.run_now(job)


def test_hr_tries_a_file_out_and_then_takes_it(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    tried = hand_in(client, "工号,姓名,班组\nX1,陈珺,夜班\n", create="on")
    page = client.get(f"/people/import/{tried.pk}/").content.decode()
    assert "Import now" in page
    assert "陈珺" in page
    assert not User.objects.filter(employee_number="X1").exists()

    response = client.post(f"/people/import/{tried.pk}/")
    taken = jobs.run_now(Job.objects.get(pk=response["Location"].rstrip("/").split("/")[-1]))
    assert taken.result["taken"]
    assert User.objects.get(employee_number="X1").name == "陈珺"
    assert "All of it is taken" in client.get(response["Location"]).content.decode()
    assert client.post(response["Location"]).status_code == 404  # not once more from here


def test_problems_are_shown_and_downloaded_and_never_taken(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    tried = hand_in(client, "工号,姓名,班组\nX1,陈珺,夜班\n")
    page = client.get(f"/people/import/{tried.pk}/").content.decode()
    assert "There is no “夜班”" in page
    assert "Import now" not in page
    assert client.post(f"/people/import/{tried.pk}/").status_code == 404
    download = client.get(reverse("people:import_problems", args=[tried.pk]))
    assert b"".join(download).startswith(b"PK")
    assert "people-problems.xlsx" in download["Content-Disposition"]


def test_what_is_no_table_fails_with_words_of_its_own(cast: Cast, sign_in) -> None:
    client = sign_in(cast.hua)
    response = client.post("/people/import/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")})
    failed = jobs.run_now(Job.objects.get(pk=response["Location"].rstrip("/").split("/")[-1]))
    assert failed.state == Job.State.FAILED
    assert failed.error in client.get(response["Location"]).content.decode().replace("&#x27;", "'")
    assert client.post("/people/import/", {}).context["form"].errors["file"]


def test_an_import_belongs_to_whoever_handed_it_in(cast: Cast, sign_in) -> None:
    tried = hand_in(sign_in(cast.hua), "工号,姓名\nX1,A\n")
    assert sign_in(cast.ada).get(f"/people/import/{tried.pk}/").status_code == 404
