"""The pages in which modules are written, in the section of the team that owns them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail_localize.fields import SynchronizedField

from people.models import Role, Team
from sop.models import ControlledPage
from training import snapshot
from training.blocks import LessonsBlock
from training.models.modules import Module, ModuleText
from training.models.quizzes import Quiz
from training.panels import ModulePageForm, module_panels

# Addresses under /learn/ that are not modules.
RESERVED = {"acknowledge", "assignments", "attempts", "certificates", "people", "pictures", "team"}


class ModulePage(ControlledPage):
    """A module as it is written. People take the version that was approved last."""

    summary = models.TextField(
        gettext_lazy("what one can do afterwards"),
        max_length=400,
        help_text=gettext_lazy("One or two sentences that the learner sees first."),
    )
    lessons = StreamField(LessonsBlock(), verbose_name=gettext_lazy("lessons"))
    roles = ParentalManyToManyField(
        Role,
        related_name="+",
        blank=True,
        verbose_name=gettext_lazy("required for roles"),
        help_text=gettext_lazy("Whoever has or gets one of these roles has to take the module."),
    )
    quiz = models.ForeignKey(
        Quiz,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("quiz"),
        help_text=gettext_lazy(
            "Passing it gives the certificate. Without a quiz, reading all lessons does."
        ),
    )
    validity_months = models.PositiveSmallIntegerField(
        gettext_lazy("certificate valid for … months"),
        null=True,
        blank=True,
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=gettext_lazy("Empty: it does not run out."),
    )
    due_days = models.PositiveSmallIntegerField(
        gettext_lazy("due after … days"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    retake_on_release = models.BooleanField(
        gettext_lazy("due again when a linked SOP changes the work"),
        default=True,
        help_text=gettext_lazy("Minor releases, which need no acknowledgement, never make it due."),
    )

    change_summary = models.TextField(
        gettext_lazy("what changed"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("For the approver and the record."),
    )

    base_form_class = ModulePageForm
    content_panels = module_panels
    parent_page_types = ["sop.SOPIndexPage"]
    subpage_types: list = []
    template = "training/preview.html"
    review_template = "training/_review.html"
    note_fields = ["change_summary"]
    override_translatable_fields = [
        SynchronizedField("slug", overridable=False),
        SynchronizedField("quiz", overridable=False),
        SynchronizedField("validity_months", overridable=False),
        SynchronizedField("due_days", overridable=False),
        SynchronizedField("retake_on_release", overridable=False),
        SynchronizedField("sop_links", overridable=False),
        SynchronizedField("change_summary"),
    ]

    class Meta:
        verbose_name = gettext_lazy("training module")
        verbose_name_plural = gettext_lazy("training modules")

    @property
    def team(self) -> Team:
        return self.get_parent().specific.team

    @property
    def language(self) -> str:
        return self.locale.language_code

    @property
    def module(self) -> Module | None:
        """The approved module that this page and its translations write."""
        return Module.objects.filter(key=self.translation_key).first()

    @property
    def is_translation(self) -> bool:
        """A language in which the module is not written first: it adds texts, not versions."""
        module = self.module
        return module is not None and module.version.source_language != self.language

    def get_url_parts(self, request: Any = None) -> tuple | None:
        parts = super().get_url_parts(request)
        module = self.module
        slug = module.slug if module else self.slug
        return parts and (parts[0], parts[1] or "", reverse("training:module", args=[slug]))

    # --- Document control ---------------------------------------------------

    def release_records(self) -> models.QuerySet[ModuleText]:
        return ModuleText.objects.filter(
            version__module__key=self.translation_key, language=self.language
        )

    @property
    def is_released(self) -> bool:
        """Any language approved binds them all: they are one module."""
        return Module.objects.filter(key=self.translation_key).exists()

    def approval_content(self) -> dict[str, Any]:
        return snapshot.for_approval(self)

    def check_ready(self) -> None:
        self.full_clean()
        if not self.lessons:
            raise ValidationError({"lessons": _("There is no lesson yet. Add at least one.")})
        if self.quiz is not None and (found := self.quiz.problems()):
            raise ValidationError({"quiz": found})
        if (module := self.module) is not None and self.is_translation:
            current = module.version
            source = current.text_in(current.source_language)
            if snapshot.neutral(snapshot.build(self)["lessons"]) != snapshot.neutral(
                source.lessons
            ):
                raise ValidationError(
                    _(
                        "The lessons differ from version %(number)d, which this page translates. "
                        "Update the translation from it first."
                    )
                    % {"number": current.number}
                )

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED or (
            Module.objects.filter(slug=self.slug).exclude(key=self.translation_key).exists()
        ):
            raise ValidationError(
                {"slug": _("“%(slug)s” is taken. Choose another address.") % {"slug": self.slug}}
            )


class ModulePageSOP(Orderable):
    """An SOP that the module teaches."""

    page = ParentalKey(ModulePage, on_delete=models.CASCADE, related_name="sop_links")
    sop_key = models.UUIDField(gettext_lazy("SOP"))

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint("page", "sop_key", name="module_page_sop_once"),
        ]

    def __str__(self) -> str:
        return str(self.sop_key)
