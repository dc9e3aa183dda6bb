"""What the base templates need beyond Django's own tags."""

from django import template
from django.contrib import messages
from django.contrib.messages.storage.base import Message

register = template.Library()

TONES = {
    messages.SUCCESS: "ok",
    messages.WARNING: "warn",
    messages.ERROR: "bad",
    messages.INFO: "info",
}


@register.filter
def tone(message: Message) -> str:
    """Tone of a message: Django's own tags stay as they are, Wagtail's admin styles by them."""
    return TONES.get(message.level, "neutral")
