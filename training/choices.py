"""What an author chooses from: procedures and steps that are in force now."""

from __future__ import annotations

from django.utils.translation import get_language

from sop.models import SOPRelease

Choices = list[tuple[str, str]]


def released_sops() -> Choices:
    """(key, "PK-03 Pick by light") of each SOP in force."""
    releases = SOPRelease.objects.in_force().with_texts().order_by("code")
    language = get_language() or "en"
    return [
        (str(release.sop_key), f"{release.code} {release.text_for(language).title}")
        for release in releases
    ]


def released_steps() -> list[tuple[str, Choices]]:
    """The steps in force, grouped by SOP: ("PK-03 Pick by light", [(uid, "2. Scan the shelf")])."""
    releases = SOPRelease.objects.in_force().with_texts().prefetch_related("steps").order_by("code")
    language = get_language() or "en"
    grouped = []
    for release in releases:
        text = release.text_for(language)
        titles = text.step_titles
        steps = [
            (str(step.step_uid), f"{step.order}. {titles.get(str(step.step_uid), step.title)}")
            for step in release.steps.all()
        ]
        grouped.append((f"{release.code} {text.title}", steps))
    return grouped
