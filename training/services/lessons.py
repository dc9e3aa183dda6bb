"""Working through the lessons of a module, on whatever device."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import User
from training.models import Assignment, Certification, LessonDone, Module
from training.services.certificates import certify
from training.services.duties import assign
from training.services.errors import TrainingError


@transaction.atomic
def enrol(*, person: User, module: Module, at: dt.datetime | None = None) -> Assignment:
    """The person's open assignment, or one by the person's own choice."""
    return assign(person=person, module=module, reason=Assignment.Reason.OWN, by=person, at=at)


@transaction.atomic
def finish_lesson(
    *, person: User, module: Module, lesson_uid: str, at: dt.datetime | None = None
) -> None:
    """Marks a lesson as worked through; again, it changes nothing.

    Whoever has no assignment yet chooses the module by it; whoever is certified and has no
    assignment only reads. The last lesson of a module without a quiz brings the certificate.
    """
    at = at or timezone.now()
    version = module.version
    wanted = {lesson["uid"] for lesson in version.text.lessons}
    if str(lesson_uid) not in wanted:
        raise TrainingError(_("This lesson is no longer part of the module."))
    assignment = Assignment.objects.open().filter(person=person, module=module).first()
    if assignment is None:
        held = Certification.objects.valid_on(timezone.localtime(at).date())
        if held.filter(person=person, module=module).exists():
            return
        assignment = enrol(person=person, module=module, at=at)
    LessonDone.objects.get_or_create(
        assignment=assignment, lesson_uid=lesson_uid, defaults={"done_at": at}
    )
    done = {str(uid) for uid in assignment.lessons_done.values_list("lesson_uid", flat=True)}
    if version.quiz_id is None and wanted <= done:
        certify(person=person, module=module, version=version, by=person, at=at)
