"""Settings: safe by default, refusing to start unsafe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "a-long-random-string-for-this-test-only-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "handrail.example",
}


def manage(tmp_path: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A fresh process with nothing of this one's environment but the path."""
    clean = {"PATH": os.environ["PATH"], "HANDRAIL_DATA_DIR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=settings.BASE_DIR, env=clean | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_production_without_a_secret_key_refuses_to_start(tmp_path: Path) -> None:
    refused = manage(tmp_path, "check")
    assert refused.returncode != 0
    assert "SECRET_KEY is not set" in refused.stderr


def test_production_passes_the_deployment_check(tmp_path: Path) -> None:
    checked = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_a_developer_needs_only_to_say_so(tmp_path: Path) -> None:
    assert manage(tmp_path, "check", DEBUG="1").returncode == 0


CODE = """
import json
from django.conf import settings as s
print(json.dumps({name: getattr(s, name) for name in %r}))
"""


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            PRODUCTION,
            {
                "DEBUG": False, "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
                "SECURE_SSL_REDIRECT": True, "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https",
                "SESSION_COOKIE_HTTPONLY": True,
            },
        ),
        (
            PRODUCTION | {"BEHIND_PROXY": "1"},
            {
                "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
                "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
            },
        ),
        ({"DEBUG": "1"}, {"DEBUG": True, "SESSION_COOKIE_SECURE": False}),
    ],
)  # fmt: skip
def test_what_the_environment_makes_of_it(
    tmp_path: Path, env: dict[str, str], expected: dict[str, object]
) -> None:
    shown = manage(tmp_path, "shell", "--no-imports", "-c", CODE % list(expected), **env)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout.strip().splitlines()[-1]) == expected
