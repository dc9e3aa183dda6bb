"""What every part of the seeding shares: the day, the clock, who is who, and what is said."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from django.utils import timezone

from people.models import Role, Team, User
from portal.demo.content import Text

NAMESPACE = uuid.UUID("6f1d5a0e-6c2f-4c56-9a52-1f0c6a8f9d11")
LANGUAGES = {"en": "en", "zh": "zh-hans"}  # the content's names -> Wagtail's


@dataclass(frozen=True)
class Stage:
    """`today` is the demo's day, `folder` where the exports are written, `say` tells progress."""

    today: dt.date
    seed: int
    small: bool
    folder: Path
    say: Callable[[str], None]

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def at(self, ago: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """That many days ago on the site's clock, but never in the future."""
        moment = dt.datetime.combine(self.day(ago), dt.time(hour, minute))
        return min(timezone.make_aware(moment), timezone.now())

    def person(self, number: str) -> User:
        return User.objects.get(employee_number=number)

    def role(self, slug: str) -> Role:
        return Role.objects.get(slug=slug)

    def team(self, slug: str) -> Team:
        return Team.objects.get(slug=slug)


def uid(*parts: str) -> uuid.UUID:
    """The same id for the same thing on every machine."""
    return uuid.uuid5(NAMESPACE, "/".join(parts))


def html(text: str) -> str:
    """Folded text as rich text: paragraphs, and lists where lines begin with "- "."""
    out: list[str] = []
    for line in text.splitlines():
        if line.startswith("- "):
            item = f"<li>{escape(line[2:], quote=False)}</li>"
            if out and out[-1].endswith("</ul>"):
                out[-1] = f"{out[-1].removesuffix('</ul>')}{item}</ul>"
            else:
                out.append(f"<ul>{item}</ul>")
        elif line:
            out.append(f"<p>{escape(line, quote=False)}</p>")
    return "".join(out)


def both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
