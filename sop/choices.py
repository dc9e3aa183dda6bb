"""Fixed vocabularies of a procedure. The stored values are frozen; only labels may change."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RiskLevel(models.TextChoices):
    LOW = "low", pgettext_lazy("risk", "low")
    MEDIUM = "medium", pgettext_lazy("risk", "medium")
    HIGH = "high", pgettext_lazy("risk", "high")


class ValueClass(models.TextChoices):
    """What a step's time is worth to the customer, in lean terms."""

    ADDS_VALUE = "adds_value", _("adds value")
    NECESSARY = "necessary", _("necessary")
    WASTE = "waste", _("waste")


class WarningLevel(models.TextChoices):
    """Named so that the word alone tells the level; colour only repeats it."""

    NOTE = "note", _("Note")
    CAUTION = "caution", _("Caution")
    DANGER = "danger", _("Danger")


class ChangeKind(models.TextChoices):
    """Decides the next number and whether readers must acknowledge again."""

    MAJOR = "major", _("major: people must read and acknowledge it again")
    MINOR = "minor", _("minor: wording or pictures, the work stays the same")
