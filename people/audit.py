"""The audit record: every service writes one line in the transaction of its change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import AuditRecord, User

# What each verb is called on a page; apps above add theirs with `name_verbs`.
WORDS: dict[str, str | Promise] = {
    "account.ended": _("account ended"),
    "account.linked": _("account linked"),
    "lead.ended": _("no longer leads"),
    "lead.set": _("named as lead"),
    "people.imported": _("people imported from a file"),
    "person.added": _("person added"),
    "person.changed": _("record changed"),
    "person.groups": _("groups changed"),
    "person.language": _("language chosen"),
    "person.left": _("leaving recorded"),
    "person.rehired": _("return recorded"),
    "role.added": _("role added"),
    "role.changed": _("role changed"),
    "role.ended": _("role ended"),
    "role.started": _("role given"),
    "sign_in.closed": _("sign-in closed"),
    "sign_in.opened": _("sign-in opened"),
    "sign_in_code.issued": _("one-time code issued"),
    "sign_in_code.used": _("password set with a one-time code"),
    "team.added": _("team added"),
    "team.changed": _("team changed"),
    "team.joined": _("joined a team"),
}
# What the details of a line are called.
DETAILS: dict[str, str | Promise] = {
    "account": _("account"),
    "added": _("added"),
    "changed": pgettext_lazy("people", "changed"),
    "email": _("e-mail"),
    "ends_on": _("to"),
    "file": _("file"),
    "groups": _("groups"),
    "hired_on": pgettext_lazy("people", "first day"),
    "is_active": _("in use"),
    "language": _("language"),
    "name": pgettext_lazy("people", "name"),
    "name_en": _("English"),
    "name_zh": _("Chinese"),
    "on": _("from"),
    "parent": _("part of"),
    "reason": _("reason"),
    "removed": pgettext_lazy("people", "removed"),
    "role": _("role"),
    "rows": _("rows"),
    "system": _("system"),
    "team": _("team"),
    "who": _("who"),
}


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model | None = None,
    at: dt.datetime | None = None,
    **data: Any,
) -> AuditRecord:
    """Adds one line; `by` is None for the system itself; `data` must be JSON."""
    return AuditRecord.objects.create(
        at=at or timezone.now(),
        actor=by,
        verb=verb,
        target_type=ContentType.objects.get_for_model(target) if target is not None else None,
        target_id=str(target.pk) if target is not None else "",
        target_label=str(target)[:200] if target is not None else "",
        data=data,
    )


def name_verbs(words: Mapping[str, str | Promise]) -> None:
    """Names an app's verbs for readers of the record; called while the app gets ready."""
    WORDS.update(words)


def lines_about(person: User) -> QuerySet[AuditRecord]:
    """What was done to a person, becoming or ceasing to be a team's lead included."""
    about = AuditRecord.objects.about(person)
    leading = AuditRecord.objects.filter(verb__startswith="lead.", data__person=person.pk)
    return (about | leading).select_related("actor")
