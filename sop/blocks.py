"""The parts of which a procedure is written. Block names are frozen: a rename needs a migration."""

from __future__ import annotations

from django.forms import CheckboxSelectMultiple
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from people.models import Role
from sop.choices import ValueClass, WarningLevel
from sop.models.vocabulary import ErrorCode

# What rich text may hold: enough for an instruction, nothing that can hide a draft's address.
PROSE = ["bold", "ol", "ul"]


def role_choices() -> list[tuple[str, str | Promise]]:
    return [(role.slug, role.name) for role in Role.objects.all()]


def error_code_choices() -> list[tuple[str, str]]:
    return [(code.code, str(code)) for code in ErrorCode.objects.all()]


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=capfirst(_("picture")))
    alt = blocks.CharBlock(
        label=capfirst(_("what it shows")),
        max_length=200,
        help_text=_("Read out to people who can't see the picture."),
    )

    class Meta:
        label = capfirst(_("picture"))
        icon = "image"


class WarningBlock(blocks.StructBlock):
    level = blocks.ChoiceBlock(
        label=capfirst(_("level")), choices=WarningLevel.choices, default=WarningLevel.CAUTION
    )
    text = blocks.TextBlock(label=capfirst(_("warning")), rows=2, max_length=500)

    class Meta:
        label = capfirst(_("warning"))
        icon = "warning"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=capfirst(_("title")),
        max_length=120,
        help_text=_("What to do, in one line: “Scan the shelf label”."),
    )
    role = blocks.ChoiceBlock(label=capfirst(_("who does it")), choices=role_choices)
    instruction = blocks.RichTextBlock(label=capfirst(_("how")), features=PROSE)
    pictures = blocks.ListBlock(
        PictureBlock(), label=capfirst(_("pictures")), default=[], max_num=6, collapsed=True
    )
    warnings = blocks.ListBlock(
        WarningBlock(), label=capfirst(_("warnings")), default=[], collapsed=True
    )
    check = blocks.TextBlock(
        label=capfirst(_("check")),
        required=False,
        rows=2,
        max_length=500,
        help_text=_("How one sees that the step is done right."),
    )
    expected_seconds = blocks.IntegerBlock(
        label=capfirst(_("expected seconds")),
        required=False,
        min_value=1,
        max_value=86_400,
        help_text=_("For one unit, by somebody who knows the work."),
    )
    value_class = blocks.ChoiceBlock(
        label=capfirst(_("worth to the customer")),
        choices=ValueClass.choices,
        default=ValueClass.NECESSARY,
    )
    error_codes = blocks.MultipleChoiceBlock(
        label=capfirst(_("mistakes it prevents")),
        choices=error_code_choices,
        required=False,
        widget=CheckboxSelectMultiple,
    )

    class Meta:
        label = capfirst(_("step"))
        icon = "list-ol"
        label_format = "{title}"


class StepsBlock(blocks.StreamBlock):
    step = StepBlock()
