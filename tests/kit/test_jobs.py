"""Jobs: run once, end once, and survive whatever happens to their worker."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django_tasks_db.models import DBTaskResult

from kit import jobs
from kit.models import Job
from tests.databases import database_url

LONG_AGO = dt.timedelta(hours=1)


class Mendable(Exception):
    pass


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(jobs, "_registry", dict(jobs._registry))
    monkeypatch.setattr(jobs, "REPORT_EVERY", 0)


@pytest.fixture
def seen():
    return []


@pytest.fixture
def count(seen):
    """Registers a handler that counts to `payload["to"]` and notes each step."""

    @jobs.register("count", expects=(Mendable,))
    def count(job, progress):
        for n in range(job.payload["to"]):
            progress(n, job.payload["to"], "counting")
            seen.append(n)
        return {"counted": len(seen)}


def work():
    call_command("run_jobs", batch=True)


@pytest.mark.django_db(transaction=True)
def test_a_job_waits_runs_and_leaves_its_result(count, cast):
    job = jobs.enqueue("count", owner=cast.noor, to=3)
    assert (job.state, job.is_finished, job.percent) == ("queued", False, None)
    work()
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total) == ("succeeded", {"counted": 3}, 3, 3)
    assert job.percent == 100
    assert job.started_at <= job.finished_at
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_a_transaction_that_fails_never_was(count):
    def ask_then_fail():
        with transaction.atomic():
            jobs.enqueue("count", owner=None, to=1)
            raise Mendable

    with pytest.raises(Mendable):
        ask_then_fail()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_progress_is_seen_while_it_runs(count):
    job = jobs.enqueue("count", owner=None, to=3)
    shown = []
    jobs.run_now(
        job, echo=lambda job: shown.append((job.done, job.total, job.message, job.percent))
    )
    assert shown == [(0, 3, "counting", 0), (1, 3, "counting", 33), (2, 3, "counting", 66)]


@pytest.mark.django_db
def test_progress_is_written_at_most_as_often_as_it_should(count, monkeypatch):
    monkeypatch.setattr(jobs, "REPORT_EVERY", 3600)
    shown = []
    jobs.run_now(jobs.enqueue("count", owner=None, to=1000), echo=shown.append)
    assert len(shown) == 1


@pytest.mark.django_db
def test_what_the_person_can_mend_is_told_in_their_language(cast):
    @jobs.register("refuse", expects=(Mendable,))
    def refuse(job, progress):
        raise Mendable(f"{translation.get_language()}: line 7")

    job = jobs.run_now(jobs.enqueue("refuse", owner=cast.wei))
    assert (job.state, job.error) == ("failed", "zh-hans: line 7")


@pytest.mark.django_db
def test_a_fault_goes_to_the_log_and_names_the_job(caplog):
    @jobs.register("break")
    def break_down(job, progress):
        raise ZeroDivisionError("secret detail")

    job = jobs.run_now(jobs.enqueue("break", owner=None))
    assert job.state == "failed"
    assert f"job {job.pk}" in job.error
    assert "secret detail" not in job.error
    assert "secret detail" in caplog.text


@pytest.mark.django_db
def test_a_result_that_is_no_json_is_a_fault():
    jobs.register("odd")(lambda job, progress: object())
    assert jobs.run_now(jobs.enqueue("odd", owner=None)).state == "failed"


@pytest.mark.django_db
def test_only_registered_kinds_are_taken():
    with pytest.raises(jobs.UnknownKind):
        jobs.enqueue("no such kind", owner=None)
    jobs.register("twice")(lambda job, progress: None)
    with pytest.raises(ValueError, match="Two handlers"):
        jobs.register("twice")(lambda job, progress: None)


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_is_cancelled_at_once_and_never_runs(count, seen):
    job = jobs.enqueue("count", owner=None, to=3)
    assert jobs.cancel(job)
    assert job.state == "cancelled"
    work()
    job.refresh_from_db()
    assert (job.state, seen) == ("cancelled", [])
    assert not jobs.cancel(job)


@pytest.mark.django_db
def test_a_running_job_ends_at_its_next_progress(seen):
    @jobs.register("cancelled midway")
    def handler(job, progress):
        progress(0, 2)
        seen.append("first")
        assert jobs.cancel(Job.objects.get(pk=job.pk))
        progress(1, 2)
        seen.append("second")

    job = jobs.run_now(jobs.enqueue("cancelled midway", owner=None))
    assert (job.state, seen) == ("cancelled", ["first"])


@pytest.mark.django_db
def test_a_job_that_ends_before_it_notices_has_succeeded(seen):
    @jobs.register("too late")
    def handler(job, progress):
        jobs.cancel(Job.objects.get(pk=job.pk))

    assert jobs.run_now(jobs.enqueue("too late", owner=None)).state == "succeeded"


@pytest.mark.django_db
def test_a_job_is_claimed_once(count, seen):
    job = jobs.enqueue("count", owner=None, to=1)
    first, second = Job.objects.get(pk=job.pk), Job.objects.get(pk=job.pk)
    assert jobs._claim(first)
    assert jobs._claim(second) is None
    assert jobs.run.call(job.pk) == "not waiting"
    assert seen == []
    assert jobs.run.call(job.pk + 1) == "gone"


@pytest.mark.django_db(transaction=True)
def test_the_same_row_of_the_queue_twice_runs_the_job_once(count, seen):
    job = jobs.enqueue("count", owner=None, to=2)
    jobs.run.enqueue(job.pk)
    work()
    assert seen == [0, 1]


@pytest.mark.django_db
def test_a_failed_job_can_be_asked_for_again(count, seen):
    job = jobs.enqueue("count", owner=None, to=2)
    assert not jobs.retry(job)
    jobs.cancel(job)
    assert jobs.retry(job)
    assert job.state == "queued"
    jobs.run_now(job)
    assert (job.state, job.result, job.cancel_requested_at) == ("succeeded", {"counted": 2}, None)
    assert not jobs.retry(job)


def dead(job, **changes):
    """Make the job look as a killed worker leaves it."""
    then = timezone.now() - LONG_AGO
    Job.objects.filter(pk=job.pk).update(
        **{"state": "running", "claim": uuid.uuid4(), "started_at": then, "heartbeat_at": then}
        | changes
    )
    DBTaskResult.objects.filter(pk=job.task_id).update(status="RUNNING", started_at=then)
    job.refresh_from_db()


@pytest.mark.django_db
def test_the_reaper_fails_a_job_whose_worker_died(count, cast):
    job = jobs.enqueue("count", owner=cast.wei, to=1)
    dead(job)
    assert jobs.reap() == 1
    job.refresh_from_db()
    with translation.override("zh-hans"):
        expected = gettext(
            "The worker was stopped in the middle of it. Nothing was half-done; start it again."
        )
    assert (job.state, job.error) == ("failed", expected)
    assert DBTaskResult.objects.get(pk=job.task_id).status == "FAILED"
    assert jobs.reap() == 0


@pytest.mark.django_db
def test_the_reaper_leaves_a_living_job_alone(count):
    job = jobs.enqueue("count", owner=None, to=1)
    dead(job, heartbeat_at=timezone.now())
    assert jobs.reap() == 0
    job.refresh_from_db()
    assert job.state == "running"
    assert DBTaskResult.objects.get(pk=job.task_id).status == "RUNNING"


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_died_before_starting_it_is_queued_again(count, seen):
    job = jobs.enqueue("count", owner=None, to=1)
    then = timezone.now() - LONG_AGO
    DBTaskResult.objects.filter(pk=job.task_id).update(status="RUNNING", started_at=then)
    assert jobs.reap() == 1
    work()
    job.refresh_from_db()
    assert (job.state, seen) == ("succeeded", [0])


@pytest.mark.django_db
def test_a_worker_taken_for_dead_cannot_end_the_next_run(seen):
    @jobs.register("slow")
    def slow(job, progress):
        Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
        jobs.reap()
        again = Job.objects.get(pk=job.pk)
        jobs.retry(again)
        jobs._claim(again)
        progress(1, 2)
        seen.append("went on")

    job = jobs.run_now(jobs.enqueue("slow", owner=None))
    assert (job.state, seen) == ("running", [])


@pytest.mark.django_db
def test_old_rows_of_the_queue_are_cleared_away(count):
    job = jobs.enqueue("count", owner=None, to=1)
    old = timezone.now() - jobs.KEEP_TASKS - LONG_AGO
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=old)
    jobs.reap()
    assert not DBTaskResult.objects.exists()
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_busy_handler_is_kept_alive_by_its_heartbeat(monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", dt.timedelta(milliseconds=20))

    @jobs.register("busy")
    def busy(job, progress):
        started = Job.objects.get(pk=job.pk).heartbeat_at
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if Job.objects.get(pk=job.pk).heartbeat_at > started:
                return "alive"
            time.sleep(0.02)
        return "silent"

    assert jobs.run_now(jobs.enqueue("busy", owner=None)).result == "alive"


@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_is_noticed_and_the_next_run_goes_through(tmp_path, seen):
    """A real worker process, killed while its job runs."""
    script = textwrap.dedent(
        """
        import time
        from pathlib import Path
        import django
        django.setup()
        from django.core.management import call_command
        from kit import jobs

        @jobs.register("forever")
        def forever(job, progress):
            progress(1, 10, "under way")
            Path(job.payload["sign"]).touch()
            time.sleep(600)

        call_command("run_jobs", interval=0.1)
        """
    )
    jobs.register("forever")(lambda job, progress: seen.append("second run"))
    sign = tmp_path / "started"
    job = jobs.enqueue("forever", owner=None, sign=str(sign))
    connection.close()
    worker = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": database_url(),
            "HANDRAIL_DATA_DIR": str(tmp_path),
        },
    )
    try:
        deadline = time.monotonic() + 60
        while not sign.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        job.refresh_from_db()
        assert (job.state, job.message) == ("running", "under way")
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - LONG_AGO)
    DBTaskResult.objects.update(started_at=timezone.now() - LONG_AGO)
    assert jobs.reap() == 1
    job.refresh_from_db()
    assert job.state == "failed"
    jobs.retry(job)
    work()
    job.refresh_from_db()
    assert (job.state, seen) == ("succeeded", ["second run"])


@pytest.mark.django_db
def test_a_person_sees_their_own_jobs_only(count, cast, sign_in):
    job = jobs.enqueue("count", owner=cast.noor, to=1)
    assert list(Job.objects.visible_to(cast.noor)) == [job]
    assert not Job.objects.visible_to(cast.wei).exists()
    assert sign_in(cast.wei).get(f"/jobs/{job.pk}/").status_code == 404
    assert sign_in(cast.wei).post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert sign_in(cast.noor).get(f"/jobs/{job.pk}/cancel/").status_code == 405
    job.refresh_from_db()
    assert job.state == "queued"
    sign_in(cast.noor).post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == "cancelled"
