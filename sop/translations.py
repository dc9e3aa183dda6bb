"""Whether a translation says the same, step by step, as the release that it would join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from sop import snapshot
from sop.models.releases import ReleaseText

if TYPE_CHECKING:
    from sop.models import SOPPage


def problems(page: SOPPage) -> list[str]:
    """What keeps the page's text from joining the latest release; empty when nothing does."""
    release = page.latest_release
    assert release is not None, "only a released SOP has translations"
    number = {"number": release.number}
    if ReleaseText.objects.filter(release=release, language=page.language).exists():
        return [
            _(
                "Release %(number)s has a text in this language, and that stays as it is. "
                "Release a new version in the source language first."
            )
            % number
        ]
    theirs = snapshot.neutral_steps(release.text_for(release.source_language).snapshot)
    mine = snapshot.neutral_steps(snapshot.build(page))
    if [step["uid"] for step in mine] != [step["uid"] for step in theirs]:
        return [
            _(
                "Release %(number)s has other steps, or the same in another order. "
                "Bring the translation up to date first."
            )
            % number
        ]
    return [
        _(
            "Step %(order)d: role, time, class, error codes or warning levels differ from "
            "release %(number)s."
        )
        % {"order": order, **number}
        for order, (own, other) in enumerate(zip(mine, theirs, strict=True), 1)
        if own != other
    ]
