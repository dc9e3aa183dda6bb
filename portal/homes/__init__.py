"""What a person sees first: one module a hat, each giving the facts of its section or None.

A person with several hats sees the section of each. Every fact comes from a `visible_to`, and
the number of queries does not grow with the number of people, modules or imports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from people.models import User
from portal.homes import administrator, approver, auditor, hr, lead, manager, staff


@dataclass(frozen=True)
class Section:
    """One hat's part of the home page: its template and what that shows."""

    hat: str
    facts: Any

    @property
    def template(self) -> str:
        return f"portal/home/{self.hat}.html"


Hat = Callable[[User, dt.datetime], Any]

# In the order in which they are shown: what others wait for comes first.
HATS: dict[str, Hat] = {
    "lead": lead.facts,
    "approver": approver.facts,
    "hr": hr.facts,
    "manager": manager.facts,
    "auditor": auditor.facts,
    "administrator": administrator.facts,
}


@dataclass(frozen=True)
class Home:
    """The page as a whole: everybody's own part, and the sections of the person's hats."""

    own: staff.Facts
    sections: list[Section]


def home_of(person: User, at: dt.datetime) -> Home:
    found = ((hat, facts(person, at)) for hat, facts in HATS.items())
    sections = [Section(hat, facts) for hat, facts in found if facts is not None]
    return Home(own=staff.facts(person, at), sections=sections)
