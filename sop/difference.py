"""What changed between two versions of a procedure, step by step, by the steps' own ids."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

FIELDS = {
    "title": _("title"),
    "role": _("who does it"),
    "instruction": _("how"),
    "pictures": _("pictures"),
    "warnings": _("warnings"),
    "check": _("check"),
    "expected_seconds": _("expected time"),
    "value_class": _("worth to the customer"),
    "error_codes": _("mistakes it prevents"),
}


PAGE_FIELDS = {
    "title": _("title"),
    "purpose": _("purpose"),
    "scope": _("where it applies"),
    "roles": _("for roles"),
    "risk_level": _("risk if done wrong"),
    "owner": _("owner"),
    "review_months": _("review every … months"),
}


class Kind(TextChoices):
    ADDED = "added", _("new")
    REMOVED = "removed", _("removed")
    CHANGED = "changed", _("changed")
    MOVED = "moved", _("moved")


@dataclass(frozen=True)
class StepChange:
    """One step that is not as it was; `was` and `now` are its numbers, None where it is absent."""

    kind: Kind
    uid: str
    title: str
    was: int | None
    now: int | None
    fields: tuple[str, ...] = ()


def compare(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[StepChange]:
    """Changes in the order of the new version, then the removed steps.

    `old` and `new` are the `steps` of two snapshots. A step that moved and changed counts as
    changed. Only steps that left their order are moved, not those that others pushed along.
    """
    before = {step["uid"]: (number, step) for number, step in enumerate(old, start=1)}
    stayed = _in_order([before[step["uid"]][0] for step in new if step["uid"] in before])
    changes = []
    for number, step in enumerate(new, start=1):
        uid = step["uid"]
        if uid not in before:
            changes.append(StepChange(Kind.ADDED, uid, step["title"], None, number))
            continue
        was, former = before[uid]
        fields = tuple(
            str(label) for name, label in FIELDS.items() if former.get(name) != step.get(name)
        )
        if fields:
            changes.append(StepChange(Kind.CHANGED, uid, step["title"], was, number, fields))
        elif was not in stayed:
            changes.append(StepChange(Kind.MOVED, uid, step["title"], was, number))
    present = {step["uid"] for step in new}
    changes.extend(
        StepChange(Kind.REMOVED, uid, step["title"], number, None)
        for uid, (number, step) in before.items()
        if uid not in present
    )
    return changes


def outside_steps(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Labels of what changed between two snapshots besides their steps."""
    return [str(label) for name, label in PAGE_FIELDS.items() if old.get(name) != new.get(name)]


def _in_order(numbers: list[int]) -> set[int]:
    """The longest run of numbers that still follow each other upwards (patience sorting)."""
    tops: list[int] = []
    piles: list[list[tuple[int, int]]] = []
    for number in numbers:
        pile = bisect_left(tops, number)
        behind = len(piles[pile - 1]) - 1 if pile else -1
        if pile == len(tops):
            tops.append(number)
            piles.append([])
        tops[pile] = number
        piles[pile].append((number, behind))
    run: set[int] = set()
    at = len(piles[-1]) - 1 if piles else -1
    for pile_cards in reversed(piles):
        number, at = pile_cards[at]
        run.add(number)
    return run
