"""What a person has to learn and read, and what the person has shown: duties and certificates."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.models import Role, User
from sop.models import SOPRelease
from sop.models.releases import AppendOnly, AppendOnlyQuerySet
from training.models.modules import Module, ModuleVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# A certificate is called expiring, and may be renewed, from this many days before its end.
RENEWAL_DAYS = 30


class AssignmentQuerySet(models.QuerySet):
    def open(self) -> AssignmentQuerySet:
        """Duties that are neither done nor ended."""
        return self.filter(done_at=None, ended_at=None)

    def overdue(self, on: dt.date) -> AssignmentQuerySet:
        return self.open().filter(due_on__lt=on)

    def visible_to(self, user: User | AnonymousUser) -> AssignmentQuerySet:
        return self.filter(person__in=User.objects.visible_to(user))


class Assignment(models.Model):
    """A person has to take a module, for a reason, by a day. History is kept."""

    class Reason(models.TextChoices):
        ROLE = "role", _("role")
        RELEASE = "release", _("new release")
        RENEWAL = "renewal", _("certificate runs out")
        LEAD = "lead", _("given by a lead")
        OWN = "own", _("own choice")

    person = models.ForeignKey(
        User, models.PROTECT, related_name="assignments", verbose_name=_("person")
    )
    module = models.ForeignKey(
        Module, models.PROTECT, related_name="assignments", verbose_name=_("module")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="+")
    release = models.ForeignKey(SOPRelease, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    assigned_at = models.DateTimeField(_("assigned at"))
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_note = models.CharField(max_length=300, blank=True)
    extra_attempts = models.PositiveSmallIntegerField(_("further attempts allowed"), default=0)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                "person",
                "module",
                name="assignment_one_open",
                condition=Q(done_at=None, ended_at=None),
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(ended_at=None), name="assignment_done_or_ended"
            ),
            models.CheckConstraint(
                condition=~Q(reason="role") | Q(role__isnull=False),
                name="assignment_names_its_role",
            ),
            models.CheckConstraint(
                condition=~Q(reason="release") | Q(release__isnull=False),
                name="assignment_names_its_release",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.module}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.ended_at is None

    def is_overdue(self, on: dt.date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < on

    @property
    def why(self) -> str:
        """The reason in words, for the person."""
        if self.reason == self.Reason.ROLE and self.role:
            return gettext("Part of your role: %(role)s") % {"role": self.role.name}
        if self.reason == self.Reason.RENEWAL:
            return gettext("Your certificate runs out")
        if self.reason == self.Reason.LEAD:
            return self.note or gettext("Given to you by your lead")
        if self.reason == self.Reason.OWN:
            return gettext("Your own choice")
        return self.cause

    @property
    def cause(self) -> str:
        """The reason in words, for anybody."""
        if self.reason == self.Reason.ROLE and self.role:
            return gettext("Role: %(role)s") % {"role": self.role.name}
        if self.reason == self.Reason.RELEASE and self.release:
            return gettext("%(code)s changed with release %(number)s") % {
                "code": self.release.code,
                "number": self.release.number,
            }
        return self.note or self.get_reason_display()


class LessonDone(models.Model):
    """A lesson, by its own id, was worked through for an assignment, on whatever device."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="lessons_done")
    lesson_uid = models.UUIDField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("assignment", "lesson_uid", name="lesson_done_once")]

    def __str__(self) -> str:
        return f"{self.assignment_id} · {self.lesson_uid}"


class CertificationQuerySet(AppendOnlyQuerySet):
    def valid_on(self, day: dt.date) -> CertificationQuerySet:
        """Begun, not run out and not revoked by the end of `day`."""
        return self.filter(
            Q(expires_on=None) | Q(expires_on__gt=day),
            Q(revocation=None) | Q(revocation__revoked_on__gt=day),
            valid_from__lte=day,
        )

    def visible_to(self, user: User | AnonymousUser) -> CertificationQuerySet:
        return self.filter(person__in=User.objects.visible_to(user))


class Certification(AppendOnly):
    """A person has shown what a module teaches. Never changed: renewal is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="certifications")
    module = models.ForeignKey(Module, models.PROTECT, related_name="certifications")
    version = models.ForeignKey(ModuleVersion, models.PROTECT, related_name="+")
    # Empty when certified by hand, as for a skill shown before this system was there.
    attempt = models.OneToOneField(
        "training.Attempt", models.PROTECT, null=True, related_name="certification"
    )
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    # First day on which it no longer holds; empty: it does not run out.
    expires_on = models.DateField(null=True)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gt=F("valid_from")),
                name="certification_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.module} · {self.valid_from}"

    @property
    def is_revoked(self) -> bool:
        return hasattr(self, "revocation")

    def state_on(self, day: dt.date) -> str:
        """`certified`, `expiring`, `expired` or `revoked`."""
        if self.is_revoked and self.revocation.revoked_on <= day:
            return "revoked"
        if self.expires_on is None or self.expires_on > day + dt.timedelta(RENEWAL_DAYS):
            return "certified"
        return "expiring" if self.expires_on > day else "expired"

    @property
    def state(self) -> str:
        return self.state_on(timezone.localdate())


class Revocation(AppendOnly):
    """A certification no longer holds from a day on, for a reason."""

    certification = models.OneToOneField(Certification, models.PROTECT, related_name="revocation")
    revoked_on = models.DateField()
    revoked_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="revocation_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.certification_id} · {self.revoked_on}"


class Acknowledgement(AppendOnly):
    """A person has read and understood one release of an SOP."""

    person = models.ForeignKey(User, models.PROTECT, related_name="acknowledgements")
    release = models.ForeignKey(SOPRelease, models.PROTECT, related_name="acknowledgements")
    acknowledged_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["-acknowledged_at"]
        constraints = [
            models.UniqueConstraint("person", "release", name="acknowledgement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.release}"
