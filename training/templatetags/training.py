"""Words, tones and marks of training's states, for templates."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from training import reading
from training.models import ModulePage

register = template.Library()

STATES = {
    "overdue": (_("Overdue"), "bad"),
    "due": (_("Due"), "warn"),
    "started": (_("In progress"), "info"),
    "certified": (_("Certified"), "ok"),
    "expiring": (_("Expires soon"), "warn"),
    "expired": (_("Expired"), "bad"),
    "revoked": (_("Revoked"), "bad"),
    "missing": (_("Missing"), "warn"),
    "free": (_("Not required"), "neutral"),
}


@register.simple_tag
def state_badge(state: str) -> SafeString:
    """The badge of one of `STATES`."""
    text, tone = STATES[state]
    return render_to_string("components/badge.html", {"text": text, "tone": tone})


@register.simple_tag
def state_word(state: str) -> str:
    return str(STATES[state][0])


@register.simple_tag(takes_context=True)
def draft_lessons(context: template.Context, page: ModulePage) -> list[reading.ShownLesson]:
    """A page's unapproved content, for the preview and the review."""
    return reading.draft_lessons(page, context["request"].user)
