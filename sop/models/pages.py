"""The pages in which procedures are written, one tree per language."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Collection, Page, Revision
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from people import groups
from people.models import Role, Team, User
from sop import difference, readiness, snapshot
from sop.blocks import PROSE, StepsBlock
from sop.choices import ChangeKind, RiskLevel
from sop.editor import SOPPageForm
from sop.models.controlled import ControlledPage, ControlledPagePermissions
from sop.models.releases import ReleaseText, SOPRelease
from sop.panels import sop_panels

OWNERS = (groups.TEAM_LEADS, groups.APPROVERS, groups.MANAGERS, groups.ADMINISTRATORS)


def may_own() -> models.Q:
    """Owners are active and lead, approve or manage: a reminder must reach somebody who can act."""
    return models.Q(is_active=True, groups__name__in=OWNERS)


class FixedPage(Page):
    """A page of the tree's frame: the product makes it, nobody copies, moves or deletes it."""

    is_creatable = False
    promote_panels: list = []
    settings_panels: list = []
    preview_modes: list = []
    private_page_options: list = []
    is_released = False

    class Meta:
        abstract = True

    def permissions_for_user(self, user: User) -> FixedPagePermissions:
        return FixedPagePermissions(user, self)

    def get_url_parts(self, request: Any = None) -> tuple | None:
        parts = super().get_url_parts(request)
        return parts and (parts[0], settings.WAGTAILADMIN_BASE_URL, reverse("sop:list"))


class FixedPagePermissions(ControlledPagePermissions):
    def can_edit(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False


class SOPRootPage(FixedPage):
    """Where the teams' sections hang, one for each language."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["sop.SOPIndexPage"]

    class Meta:
        verbose_name = gettext_lazy("all procedures")
        verbose_name_plural = gettext_lazy("all procedures")


class SOPIndexPage(FixedPage):
    """A team's section: its leads write its procedures here."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")

    parent_page_types = ["sop.SOPRootPage"]

    class Meta:
        verbose_name = gettext_lazy("team's procedures")
        verbose_name_plural = gettext_lazy("teams' procedures")

    def get_admin_display_title(self) -> str:
        return self.team.name or self.title


class TeamSection(models.Model):
    """What goes with a team's section: the group that edits it, and its folder of pictures."""

    team = models.OneToOneField(Team, models.PROTECT, primary_key=True, related_name="section")
    group = models.OneToOneField(Group, models.PROTECT, related_name="+")
    collection = models.OneToOneField(Collection, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.team)


class SOPPage(ControlledPage):
    """A standard operating procedure as it is written.

    Readers never see it: they see the releases made of it. Its translations (same
    `translation_key`) are the same SOP, with the same step ids.
    """

    code = models.CharField(
        gettext_lazy("code"),
        max_length=20,
        validators=[
            RegexValidator(
                r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
                gettext_lazy("Use capital letters, digits and single hyphens, such as PK-03."),
            )
        ],
        help_text=gettext_lazy("Short and lasting, such as PK-03: it stands on labels."),
    )
    process_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("owner"),
        limit_choices_to=may_own,
        help_text=gettext_lazy("Who answers for it and is reminded of its review."),
    )
    roles = ParentalManyToManyField(
        Role,
        related_name="+",
        verbose_name=gettext_lazy("for roles"),
        help_text=gettext_lazy("These people read and acknowledge it."),
    )
    purpose = RichTextField(gettext_lazy("purpose"), features=PROSE)
    scope = RichTextField(gettext_lazy("where it applies"), features=PROSE, blank=True)
    risk_level = models.CharField(
        gettext_lazy("risk if done wrong"),
        max_length=10,
        choices=RiskLevel.choices,
        default=RiskLevel.LOW,
    )
    review_months = models.PositiveSmallIntegerField(
        gettext_lazy("review every … months"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    steps = StreamField(StepsBlock(), verbose_name=gettext_lazy("steps"))
    # The translation key for which the step ids were made; see `renew_step_ids`.
    steps_key = models.UUIDField(null=True, editable=False)

    change_kind = models.CharField(
        gettext_lazy("kind of change"),
        max_length=5,
        choices=ChangeKind.choices,
        default=ChangeKind.MAJOR,
    )
    change_summary = models.TextField(
        gettext_lazy("what changed"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("One or two sentences that the readers will see."),
    )
    change_reason = models.TextField(
        gettext_lazy("why"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("For the approver and the record, for example a complaint."),
    )
    effective_from = models.DateTimeField(
        gettext_lazy("effective from"),
        null=True,
        blank=True,
        help_text=gettext_lazy("Leave empty to make it effective as soon as it is approved."),
    )

    base_form_class = SOPPageForm
    content_panels = sop_panels
    parent_page_types = ["sop.SOPIndexPage"]
    subpage_types: list = []
    # Wagtail's search is for authors; readers search releases.
    search_fields = [
        *ControlledPage.search_fields,
        index.SearchField("code"),
        index.AutocompleteField("code"),
    ]
    template = "sop/preview.html"
    review_template = "sop/_review.html"
    override_translatable_fields = [
        SynchronizedField("slug", overridable=False),
        SynchronizedField("code", overridable=False),
        SynchronizedField("process_owner", overridable=False),
        SynchronizedField("review_months", overridable=False),
        SynchronizedField("risk_level", overridable=False),
        SynchronizedField("change_summary", overridable=False),
        SynchronizedField("change_reason", overridable=False),
        SynchronizedField("change_kind", overridable=False),
        SynchronizedField("effective_from", overridable=False),
    ]

    class Meta:
        verbose_name = gettext_lazy("SOP")
        verbose_name_plural = gettext_lazy("SOPs")

    # --- Where it belongs ---------------------------------------------------

    @property
    def team(self) -> Team:
        return self.get_parent().specific.team

    @property
    def language(self) -> str:
        return self.locale.language_code

    @property
    def latest_release(self) -> SOPRelease | None:
        """The release with the highest number, whether in force yet or withdrawn."""
        return SOPRelease.objects.of_sop(self.translation_key).order_by("-sequence").first()

    @property
    def is_translation(self) -> bool:
        """A language in which the SOP is not written first: it adds texts, not releases."""
        latest = self.latest_release
        return latest is not None and latest.source_language != self.language

    def get_url_parts(self, request: Any = None) -> tuple | None:
        parts = super().get_url_parts(request)
        if not parts or not self.code:
            return None  # a first draft may not have its code yet
        return parts[0], settings.WAGTAILADMIN_BASE_URL, reverse("sop:read", args=[self.code])

    # --- Document control ---------------------------------------------------

    def release_records(self) -> models.QuerySet[ReleaseText]:
        return ReleaseText.objects.filter(
            release__sop_key=self.translation_key, language=self.language
        )

    @property
    def is_released(self) -> bool:
        """Any language released binds them all: they are one SOP."""
        return SOPRelease.objects.of_sop(self.translation_key).exists()

    def approval_content(self) -> dict[str, Any]:
        return snapshot.for_approval(self)

    @property
    def note_fields(self) -> list[str]:
        if self.is_translation:
            return ["change_summary"]
        first = self.latest_release is None
        kind = [] if first else ["change_kind"]
        return ["change_summary", "change_reason", *kind, "effective_from"]

    def review_context(self) -> dict[str, Any]:
        """The changes against the latest release, in this language where it has a text."""
        previous = self.latest_release
        if previous is None:
            return {"previous": None, "changes": []}
        before = previous.text_for(self.language)
        now = snapshot.build(self)
        return {
            "previous": previous,
            "changes": difference.compare(before.snapshot["steps"], now["steps"]),
            "page_changes": difference.outside_steps(before.snapshot, now),
        }

    def check_ready(self) -> None:
        readiness.check(self)

    def clean(self) -> None:
        super().clean()
        self._clean_code()
        self._clean_effective_from()

    def _clean_code(self) -> None:
        latest = self.latest_release
        if latest is not None and self.code != latest.code:
            raise ValidationError(
                {
                    "code": _(
                        "%(code)s has been released, so its code stands on labels and records "
                        "and stays. To use another one, withdraw this SOP and write a new one."
                    )
                    % {"code": latest.code}
                }
            )
        others = SOPPage.objects.exclude(translation_key=self.translation_key)
        if others.filter(code=self.code).exists() or (
            SOPRelease.objects.filter(code=self.code).exclude(sop_key=self.translation_key).exists()
        ):
            raise ValidationError(
                {
                    "code": _(
                        "%(code)s is another SOP's code. To write the same SOP in another "
                        "language, open it and choose “Translate this page”."
                    )
                    % {"code": self.code}
                }
            )

    def _clean_effective_from(self) -> None:
        """A later number never comes into force before an earlier one."""
        if self.effective_from is None or self.is_translation:
            return
        standing = SOPRelease.objects.of_sop(self.translation_key).filter(withdrawal=None)
        latest = standing.order_by("-sequence").first()
        if latest is not None and self.effective_from < latest.effective_from:
            raise ValidationError(
                {
                    "effective_from": _(
                        "Release %(number)s becomes effective at a later time. Choose that time "
                        "or a later one, or withdraw that release first."
                    )
                    % {"number": latest.number}
                }
            )

    # --- Step identity ------------------------------------------------------

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        if self.steps_key != self.translation_key:
            if self.steps_key is not None:
                self.renew_step_ids()
            self.steps_key = self.translation_key
        return super().save_revision(*args, **kwargs)

    def renew_step_ids(self) -> None:
        """Gives the steps of a copied page ids of their own.

        Wagtail copies block ids; two SOPs with the same step ids would share their errors. The
        new id follows from the old one, so that going back to a copied revision finds it again.
        """
        for step in self.steps:
            step.id = str(uuid.uuid5(self.translation_key, str(step.id)))
