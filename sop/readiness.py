"""What an SOP still lacks before it can be submitted, in words that name the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sop import translations

if TYPE_CHECKING:
    from sop.models import SOPPage


def check(page: SOPPage) -> None:
    """Raises one ValidationError that lists everything, each with the place of its mend."""
    found: list[str] = []
    try:
        page.full_clean()
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            label = _label(page, name)
            found.extend(f"{label}{text}" for each in errors for text in each.messages)
    if not page.change_summary.strip():
        found.append(_("%(field)s: write one or two sentences.") % {"field": _("what changed")})
    if not page.steps:
        found.append(_("There is no step yet. Add at least one."))
    found.extend(_step_problems(page))
    if not found and page.is_translation:
        found.extend(translations.problems(page))
    if found:
        raise ValidationError(found)


def _label(page: SOPPage, name: str) -> str:
    if name == "__all__":
        return ""
    return f"{page._meta.get_field(name).verbose_name}: "


def _step_problems(page: SOPPage) -> list[str]:
    block = page.steps.stream_block
    try:
        block.clean(page.steps)
    except ValidationError as error:
        found = []
        for index, step_error in getattr(error, "block_errors", {}).items():
            place = _("Step %(number)d") % {"number": index + 1}
            fields = block.child_blocks[page.steps[index].block_type].child_blocks
            for name, field_error in step_error.block_errors.items():
                found.append(f"{place}, {fields[name].label}: {_text(field_error)}")
        return found or list(error.messages)
    return []


def _text(error: ValidationError) -> str:
    """The innermost messages of a nested block's error."""
    inner = getattr(error, "block_errors", None)
    if not inner:
        return " ".join(str(text) for text in error.messages)
    children = inner.values() if isinstance(inner, dict) else [each for each in inner if each]
    return " ".join(_text(each) for each in children)
