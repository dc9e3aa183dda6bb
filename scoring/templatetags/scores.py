"""What the templates of scores need beyond Django's own tags."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from people.permissions import leads_any_team
from scoring import permissions

register = template.Library()


@register.inclusion_tag("scoring/_tabs.html", takes_context=True)
def score_tabs(context: RequestContext, here: str) -> dict[str, Any]:
    """The places of scores that the person may go to, with the current one marked."""
    user = context["request"].user
    return {
        "here": here,
        "places": {
            "reviews": leads_any_team(user) or permissions.can_manage_periods(user),
            "periods": permissions.can_read_all_scorecards(user),
        },
    }
