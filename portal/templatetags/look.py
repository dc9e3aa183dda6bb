"""What the base templates need beyond Django's own tags."""

from django import template
from django.contrib import messages

register = template.Library()

TONES = {
    messages.SUCCESS: "ok",
    messages.WARNING: "warn",
    messages.ERROR: "bad",
    messages.INFO: "info",
}


@register.filter
def tone(message: messages.storage.base.Message) -> str:
    """Tone of a message: Django's own tags stay as they are, Wagtail's admin styles by them."""
    return TONES.get(message.level, "neutral")
