"""Training's part of a procedure's page: the acknowledgement."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from people.models import User
from sop import hooks
from sop.models import SOPRelease
from training import queries


@hooks.release_panel(order=10)
def acknowledgement(request: HttpRequest, release: SOPRelease) -> str:
    """Asks those who have to acknowledge the release, and tells the others what they did."""
    if not isinstance(request.user, User):
        return ""
    given = queries.acknowledged_release(request.user, release)
    asked = given is None and queries.to_read(request.user).filter(pk=release.pk).exists()
    if given is None and not asked:
        return ""
    return render_to_string(
        "training/_acknowledgement.html", {"release": release, "given": given}, request
    )
