"""Procedures in templates."""

from __future__ import annotations

from django import template

from sop import reading
from sop.models import SOPPage

register = template.Library()


@register.simple_tag
def draft_text(page: SOPPage) -> reading.Text:
    """A page's unreleased content, for the preview and the review."""
    return reading.draft_text(page)
