"""Building blocks for models, without a domain."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """Something that the store names itself, in English, in Chinese or in both."""

    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, or in the other one where that is missing."""
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """The name in `language` ("en", "zh-hans"), or in the other one."""
        first, second = self.name_en, self.name_zh
        if language.startswith("zh"):
            first, second = second, first
        return first or second
