"""Training: modules as approved, one's own attempts, and what leads decide. Noor is the learner."""

from __future__ import annotations

from typing import Any

from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from sop.models import SOPRelease
from tests.matrix.core import (
    GO,
    NOT_FOUND,
    OK,
    POST_ONLY,
    READ_ONLY,
    Row,
    World,
    allow,
    signed_in,
)
from tests.sop.make import a_release
from tests.training import make
from training import services
from training.models import Assignment, Attempt, Certification, Module

# Who sees all people; who may read what somebody answered; who decides about Noor.
WATCH = ("lead", "other_lead", "manager", "auditor", "hr", "admin")
ABOUT_NOOR = ("staff", "lead", "manager", "auditor", "hr", "admin")
ANSWERS = ("staff", "lead", "auditor", "hr")
DECIDE = ("lead", "hr")
OWNERS = ("lead", "admin")


def module(world: World) -> Module:
    return world.once("module", lambda: make.a_module(world.cast))


def draft(world: World) -> dict[str, Any]:
    page = world.once("draft", lambda: make.a_module_page(world.cast, slug="not-yet"))
    return {"slug": page.slug}


def slug(world: World) -> dict[str, Any]:
    return {"slug": module(world).slug}


def lesson(world: World) -> dict[str, Any]:
    return slug(world) | {"number": 1}


def duty(world: World) -> Assignment:
    return world.once("duty", lambda: make.duty_of(world.cast.noor, module(world)))


def attempt(world: World) -> Attempt:
    return world.once(
        "attempt", lambda: services.start_attempt(assignment=duty(world), by=world.cast.noor)
    )


def handed_in(world: World) -> Attempt:
    services.submit_attempt(attempt=attempt(world), by=world.cast.noor)
    return attempt(world)


def certificate(world: World) -> Certification:
    def issue() -> Certification:
        return services.certify(person=world.cast.noor, module=module(world), by=world.cast.lena)

    return world.once("certificate", issue)


def a_picture(world: World) -> dict[str, Any]:
    def make_one() -> Module:
        with get_test_image_file("bin.png") as file:
            image = Image.objects.create(title="Bin", file=file)
        body = [{"type": "picture", "image": image, "alt": "A bin"}]
        lessons = [{"uid": make.LESSON, "title": "Bins", "minutes": 1, "body": body}]
        texts = {"en": {"title": "Bins", "summary": "Bins.", "lessons": lessons}}
        return make.approve(world.cast, make.a_module_page(world.cast, slug="bins", texts=texts))

    text = world.once("pictured", make_one).current.texts.get()
    return {"pk": text.pictures.get().pk}


def release(world: World) -> SOPRelease:
    return world.once("release", lambda: a_release(world.cast))


def pk(thing: Any) -> Any:
    return lambda world: {"pk": thing(world).pk}


def question(world: World) -> dict[str, Any]:
    return {"pk": attempt(world).pk, "key": "1"}


def noor(world: World) -> dict[str, Any]:
    return {"pk": world.cast.noor.pk}


def answer(world: World) -> dict[str, Any]:
    return {"answer": "1", "client_key": "k"}


def done(world: World) -> dict[str, Any]:
    return {"lesson": make.LESSON}


def reason(world: World) -> dict[str, Any]:
    return {"reason": "Because."}


def given(world: World) -> dict[str, Any]:
    return {"module": module(world).pk}


NOBODY = signed_in(NOT_FOUND)

ROWS = [
    Row("training:home", "My training", signed_in(OK), READ_ONLY),
    Row("training:certificates", "My certificates", signed_in(OK), READ_ONLY),
    Row("training:module", "A module", signed_in(OK), READ_ONLY, slug, case="approved"),
    Row("training:module", "A module", NOBODY, READ_ONLY, draft, case="draft only"),
    Row("training:lesson", "A lesson; sent back, it is done", signed_in(OK), signed_in(GO),
        lesson, done, case="approved"),
    Row("training:lesson", "A lesson; sent back, it is done", NOBODY, NOBODY,
        lambda world: draft(world) | {"number": 1}, done, case="draft only"),
    Row("training:picture", "A picture of a lesson", signed_in(OK), READ_ONLY, a_picture),
    Row("training:enrol", "Take a module by choice", POST_ONLY, signed_in(GO), slug),
    Row("training:begin", "Start one's own quiz", POST_ONLY, signed_in(GO), slug),
    Row("training:question", "A question of an attempt", allow(OK, "staff"), allow(GO, "staff"),
        question, answer, case="running"),
    Row("training:question", "A question of an attempt", allow(GO, "staff"), allow(GO, "staff"),
        lambda world: {"pk": handed_in(world).pk, "key": "1"}, answer, case="handed in"),
    Row("training:attempt", "An attempt and its result", allow(OK, *ANSWERS), READ_ONLY,
        pk(attempt), case="running"),
    Row("training:attempt", "An attempt and its result", allow(OK, *ANSWERS), READ_ONLY,
        pk(handed_in), case="handed in"),
    Row("training:submit", "Hand in an attempt", POST_ONLY, allow(GO, "staff"), pk(attempt)),
    Row("training:acknowledge", "Acknowledge a release", POST_ONLY, signed_in(GO), pk(release)),
    Row("training:team", "Training of the people one sees", allow(OK, *WATCH), READ_ONLY),
    Row("training:person", "A person's training; assign a module", allow(OK, *ABOUT_NOOR),
        allow(GO, *DECIDE), noor, given),
    Row("training:allow_attempt", "Allow another attempt", POST_ONLY, allow(GO, *DECIDE),
        pk(duty)),
    Row("training:end_assignment", "Release from a module", allow(OK, *DECIDE),
        allow(GO, *DECIDE), pk(duty), reason),
    Row("training:revoke", "Revoke a certificate", allow(OK, *DECIDE), allow(GO, *DECIDE),
        pk(certificate), reason),
    Row("training:retire", "Retire a module", allow(OK, *OWNERS), allow(GO, *OWNERS), slug,
        reason),
]  # fmt: skip
