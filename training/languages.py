"""Texts in two languages, keyed by Django's language codes: `{"en": ..., "zh-hans": ...}`."""

from __future__ import annotations

from django.utils.translation import get_language

Texts = dict[str, str]

# Language code -> how a field's name ends: `text_en`, `text_zh`.
LANGUAGES = {"en": "en", "zh-hans": "zh"}


def pick(texts: Texts, language: str | None = None) -> str:
    """The text in `language`, the active one if not given; any other Chinese is read as ours."""
    language = language or get_language() or "en"
    return texts["zh-hans" if language.startswith("zh") else "en"]
