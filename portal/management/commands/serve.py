"""Serves Handrail on this machine: the web server and the worker that runs its jobs."""

from __future__ import annotations

import signal
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument("--demo", action="store_true", help="print the demo sign-ins")

    def handle(self, *, host: str, port: int, threads: int, demo: bool, **options: Any) -> None:
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--log-level", "warning"]
        parts = [
            subprocess.Popen([*manage, "run_jobs"]),
            subprocess.Popen([*gunicorn, "--bind", f"{host}:{port}", "--threads", str(threads)]),
        ]
        # A supervisor's TERM must end both parts, as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.stdout.write(self.style.SUCCESS(f"\nHandrail: http://{host}:{port}/"))
        if demo:
            from portal.demo.sign_ins import as_lines

            self.stdout.write("\n".join(as_lines()))
        self.stdout.write("Stop it with Ctrl-C.")
        self.stdout.flush()
        try:
            while all(part.poll() is None for part in parts):
                try:
                    parts[1].wait(timeout=1)
                except subprocess.TimeoutExpired:
                    continue
        except KeyboardInterrupt:
            self.stdout.write("")
        finally:
            for part in parts:
                part.terminate()
            for part in parts:
                part.wait()
