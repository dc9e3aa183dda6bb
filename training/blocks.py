"""The parts of which lessons are written. Block names are frozen: a rename needs a migration."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from training.choices import released_steps

# Enough to teach with, and nothing that could hold the address of a draft.
PROSE = ["h2", "bold", "ol", "ul"]


class LessonPictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("what it shows"),
        max_length=200,
        help_text=_("Read out to people who can't see the picture."),
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=200, required=False)

    class Meta:
        label = _("picture")
        icon = "image"


class LessonStepBlock(blocks.ChoiceBlock):
    """A step of an SOP; readers always see it as the release in force has it."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(choices=released_steps, **kwargs)

    def deconstruct(self) -> tuple:
        return ("training.blocks.LessonStepBlock", [], {})

    class Meta:
        label = _("step of an SOP")
        icon = "list-ol"
        help_text = _("Shown as the release in force has it, also after the next release.")


class LessonBodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("text"), features=PROSE, icon="pilcrow")
    picture = LessonPictureBlock()
    step = LessonStepBlock()


class LessonBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), max_length=120)
    minutes = blocks.IntegerBlock(
        label=_("minutes"),
        min_value=1,
        max_value=60,
        default=3,
        help_text=_("Two to five are best; split what takes longer."),
    )
    body = LessonBodyBlock(label=_("content"))

    class Meta:
        label = _("lesson")
        icon = "openquote"
        label_format = "{title}"


class LessonsBlock(blocks.StreamBlock):
    lesson = LessonBlock()
