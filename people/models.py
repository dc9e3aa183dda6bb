"""Staff, teams, roles, and the dated facts of who was where when.

Dated facts are half-open: a row holds on day `d` when `starts_on <= d < ends_on`;
an empty `ends_on` means that it still holds.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from kit.models import Named
from people import groups
from people.numbers import fold_number, validate_number

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class DatedQuerySet(models.QuerySet):
    """Rows that hold from `starts_on` (included) to `ends_on` (excluded)."""

    def on(self, day: dt.date) -> DatedQuerySet:
        """Rows that hold on `day`."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)

    def overlapping(self, start: dt.date, end: dt.date | None) -> DatedQuerySet:
        """Rows that share a day with `[start, end)`; an empty `end` is open."""
        rows = self.filter(Q(ends_on=None) | Q(ends_on__gt=start))
        return rows if end is None else rows.filter(starts_on__lt=end)

    def open(self) -> DatedQuerySet:
        """Rows with no end yet."""
        return self.filter(ends_on=None)


class Dated(models.Model):
    """A fact that holds for the days `[starts_on, ends_on)`."""

    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("to (first day on which it no longer holds)"), null=True, blank=True
    )

    class Meta:
        abstract = True

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it holds, as people say it."""
        return self.ends_on - dt.timedelta(days=1) if self.ends_on else None


def _ends_after_start(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
        name=f"{name}_ends_after_start",
        violation_error_message=_("The end must be later than the start."),
    )


class Role(Named):
    """What a person does: picker, packer, checker, listing specialist ..."""

    slug = models.SlugField(_("code"), unique=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["slug"]


class TeamQuerySet(models.QuerySet):
    def with_descendants(self) -> TeamQuerySet:
        """These teams and every team below them in the tree."""
        children: dict[int | None, list[int]] = {}
        for pk, parent in Team.objects.values_list("pk", "parent_id"):
            children.setdefault(parent, []).append(pk)
        found: set[int] = set()
        waiting = list(self.values_list("pk", flat=True))
        while waiting:
            pk = waiting.pop()
            if pk not in found:
                found.add(pk)
                waiting.extend(children.get(pk, ()))
        return Team.objects.filter(pk__in=found)

    def led_by(self, user: User | AnonymousUser) -> TeamQuerySet:
        """Teams that the user leads now, with the teams below them."""
        if not user.is_active or not user.is_authenticated:
            return Team.objects.none()
        granted = Team.objects.filter(
            teamuserobjectpermission__user=user,
            teamuserobjectpermission__permission__codename="lead_team",
        )
        return self.filter(pk__in=granted.with_descendants())

    def visible_to(self, user: User | AnonymousUser) -> TeamQuerySet:
        """Teams whose people the user may see: all, those led, or those belonged to."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        if user.sees_everyone:
            return self
        own = Membership.objects.on(timezone.localdate()).filter(person=user).values("team")
        return self.filter(Q(pk__in=Team.objects.led_by(user)) | Q(pk__in=own))


class Team(Named):
    """A team of the store; teams form a tree."""

    slug = models.SlugField(_("code"), unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="team_not_its_own_parent"),
        ]
        permissions = [
            ("lead_team", "Can lead the team"),
            ("view_team_scorecards", "Can view the scorecards of the team"),
        ]


class TeamUserObjectPermission(UserObjectPermissionBase):
    """django-guardian's grants of one person on one team, with a real foreign key."""

    content_object = models.ForeignKey(Team, models.CASCADE)


class TeamGroupObjectPermission(GroupObjectPermissionBase):
    """django-guardian's grants of one group on one team, with a real foreign key."""

    content_object = models.ForeignKey(Team, models.CASCADE)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(employee_number__iexact=fold_number(username or ""))

    def create_user(
        self, employee_number: str, name: str = "", password: str | None = None, **fields: Any
    ) -> User:
        """A person who can sign in; without a password only by a one-time code."""
        user = self.model(
            employee_number=fold_number(employee_number),
            name=name.strip() or fold_number(employee_number),
            **fields,
        )
        user.email = (user.email or "").strip().lower() or None
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, employee_number: str, name: str = "", password: str | None = None, **fields: Any
    ) -> User:
        return self.create_user(employee_number, name, password, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet):
    def employed_on(self, day: dt.date) -> UserQuerySet:
        """People hired by `day` and not gone on it."""
        return self.filter(
            Q(left_on=None) | Q(left_on__gt=day), Q(hired_on=None) | Q(hired_on__lte=day)
        )

    def members_of(self, teams: models.QuerySet[Team], day: dt.date) -> UserQuerySet:
        """People who belong to one of the teams on `day`, leads included."""
        held = Membership.objects.on(day).filter(team__in=teams)
        return self.filter(pk__in=held.values("person"))

    def in_group(self, *names: str) -> UserQuerySet:
        return self.filter(groups__name__in=names).distinct()

    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """People whose record the user may open: all, the own team's for a lead, oneself."""
        if not user.is_active or not user.is_authenticated:
            return self.none()
        if user.sees_everyone:
            return self
        led = Membership.objects.on(timezone.localdate()).filter(team__in=Team.objects.led_by(user))
        return self.filter(Q(pk=user.pk) | Q(pk__in=led.values("person")))


class User(AbstractBaseUser, PermissionsMixin, GuardianUserMixin):
    """A person who works for the store, whether or not the person can sign in."""

    employee_number = models.CharField(
        _("employee number"), max_length=40, unique=True, validators=[validate_number]
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on (first day no longer employed)"), null=True, blank=True)
    is_active = models.BooleanField(_("can sign in"), default=True)
    date_joined = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "employee_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["employee_number"]
        constraints = [
            # Sign-in ignores case, so two people may not differ by case alone.
            models.UniqueConstraint(Lower("employee_number"), name="user_employee_number_folded"),
            models.UniqueConstraint(
                "email", name="user_email_unique", condition=Q(email__isnull=False)
            ),
            models.CheckConstraint(
                condition=Q(email=None) | Q(email=Lower("email")), name="user_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(hired_on=None) | Q(left_on__gt=F("hired_on")),
                name="user_leaves_after_hired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.employee_number})"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def last_day(self) -> dt.date | None:
        """The last day of work, where one is known."""
        return self.left_on - dt.timedelta(days=1) if self.left_on else None

    def has_left(self, day: dt.date) -> bool:
        return self.left_on is not None and self.left_on <= day

    def may_sign_in(self, day: dt.date) -> bool:
        """Access is open, and the last day of work is not over."""
        return self.is_active and not self.has_left(day)

    @property
    def group_names(self) -> frozenset[str]:
        """Names of the groups, read once for each loaded user, so once a request."""
        if not hasattr(self, "_group_names"):
            self._group_names = frozenset(group.name for group in self.groups.all())
        return self._group_names

    @property
    def sees_everyone(self) -> bool:
        return self.is_superuser or not self.group_names.isdisjoint(groups.SEE_EVERYONE)


class Membership(Dated):
    """A person belongs to a team, or leads it, for some days."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        LEAD = "lead", _("lead")

    person = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.MEMBER)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["person", "starts_on"]
        constraints = [
            _ends_after_start("membership"),
            models.UniqueConstraint(
                "person",
                name="membership_one_open_home_team",
                condition=Q(kind="member", ends_on=None),
            ),
            models.UniqueConstraint(
                "person", "team", "kind", name="membership_open_once", condition=Q(ends_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.team} · {self.get_kind_display()}"


class RoleHolding(Dated):
    """A person holds a role for some days; several at once are possible."""

    person = models.ForeignKey(User, models.PROTECT, related_name="role_holdings")
    role = models.ForeignKey(Role, models.PROTECT, related_name="holdings")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["person", "starts_on"]
        constraints = [
            _ends_after_start("role_holding"),
            models.UniqueConstraint(
                "person", "role", name="role_holding_open_once", condition=Q(ends_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role}"


class SourceAccount(Dated):
    """The name under which a system (WMS badge, OMS login) knows a person, for some days."""

    person = models.ForeignKey(User, models.PROTECT, related_name="source_accounts")
    system = models.SlugField(_("system"), max_length=40)
    account = models.CharField(_("account or badge"), max_length=80)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["system", "account", "starts_on"]
        constraints = [
            _ends_after_start("source_account"),
            models.UniqueConstraint(
                "system",
                "account",
                name="source_account_one_open_holder",
                condition=Q(ends_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.account} · {self.person}"


class SignInCode(models.Model):
    """A one-time code with which a person sets a password; only its hash is kept."""

    person = models.ForeignKey(User, models.CASCADE, related_name="sign_in_codes")
    code_hash = models.CharField(max_length=128)
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"{self.person} · {self.issued_at:%Y-%m-%d %H:%M}"


class AuditRecordQuerySet(models.QuerySet):
    def about(self, target: models.Model) -> AuditRecordQuerySet:
        """Lines whose target is this object."""
        return self.filter(
            target_type=ContentType.objects.get_for_model(target), target_id=str(target.pk)
        )


class AuditRecord(models.Model):
    """Who did what to which object, and when. Only ever added to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    target_type = models.ForeignKey(ContentType, models.PROTECT, null=True, related_name="+")
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)

    objects = AuditRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["target_type", "target_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.verb} {self.target_label}"

    @property
    def details(self) -> list[tuple[str, str]]:
        """The data in a form that a page can print: name and value, a change as old → new."""
        pairs: list[tuple[str, str]] = []
        for name, value in self.data.items():
            if name == "changes":
                pairs += [
                    (field, f"{old or '–'} → {new or '–'}") for field, (old, new) in value.items()
                ]
            elif isinstance(value, list):
                pairs.append((name, ", ".join(map(str, value))))
            elif value not in (None, "") and name != "person":  # a key; "who" has the name
                pairs.append((name, str(value)))
        return pairs
