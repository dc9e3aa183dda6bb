"""Runs the jobs that people ask for on the site: imports, scores, exports."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from kit import jobs

logger = logging.getLogger(__name__)
REAP_EVERY = 30  # seconds


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", action="store_true", help="end once no job waits")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks")

    def handle(self, *, batch: bool, interval: float, **options: Any) -> None:
        worker = Worker(
            queue_names=[jobs.QUEUE],
            excluded_queue_names=[],
            interval=interval,
            batch=batch,
            backend_name="jobs",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        worker.configure_signals()
        jobs.reap()
        jobs.do_daily()
        stop = threading.Event()
        reaper = threading.Thread(target=_keep_house, args=[stop], name="house", daemon=True)
        reaper.start()
        try:
            worker.run()
        finally:
            stop.set()
            reaper.join()


def _keep_house(stop: threading.Event) -> None:
    """Looks for dead jobs every half minute, and does the chores of each new day."""
    done_on = timezone.localdate()
    while not stop.wait(REAP_EVERY):
        try:
            jobs.reap()
            if done_on != timezone.localdate():
                jobs.do_daily()
                done_on = timezone.localdate()
        except DatabaseError:
            logger.warning("The reaper could not look for dead jobs", exc_info=True)
        finally:
            connection.close()
