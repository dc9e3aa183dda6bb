"""Employee numbers as people type them: full-width digits, stray spaces, any case."""

from __future__ import annotations

import unicodedata

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Letters of any script, digits and a few marks; no "@", so that no number looks like an e-mail.
NUMBER_PATTERN = r"^[\w.#+-]+\Z"

validate_number = RegexValidator(
    NUMBER_PATTERN,
    _("Use letters, digits and . _ - + # only, without spaces."),
    code="employee_number",
)


def fold_number(text: str) -> str:
    """The number as it is kept: full-width forms made plain, no spaces around; case stays."""
    return unicodedata.normalize("NFKC", text).strip()
