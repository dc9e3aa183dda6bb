"""What operations systems call a mistake."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from kit.models import Named


class ErrorCode(Named):
    """A kind of mistake as the systems name it (`MISPICK`, `错发`).

    The step that prevents it lists the code, so that a logged error leads to its step.
    """

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("As the order or warehouse system writes it, e.g. MISPICK or 错发."),
    )

    class Meta:
        verbose_name = _("error code")
        verbose_name_plural = _("error codes")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                Lower("code"),
                name="error_code_folded",
                violation_error_message=_("This error code already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}" if self.name else self.code
