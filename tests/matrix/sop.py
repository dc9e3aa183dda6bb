"""Procedures as they are read: releases, never drafts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from sop import services
from sop.models import FourEyesTaskState, SOPPage, SOPRelease
from tests.matrix.core import (
    GO,
    NOT_ALLOWED,
    NOT_FOUND,
    OK,
    POST_ONLY,
    Row,
    World,
    allow,
    everybody,
    signed_in,
)
from tests.sop.make import a_draft, approve, step

GONE = "410"
# Whoever leads the team or watches over all procedures sees what is not in force too.
OVERSEE = ("lead", "manager", "approver", "auditor", "hr", "admin")


def picture() -> Image:
    with get_test_image_file("shelf.png") as file:
        return Image.objects.create(title="Shelf", file=file)


def steps() -> list[dict[str, Any]]:
    return [step("Scan", pictures=[{"image": picture().pk, "alt": "A shelf"}])]


def release(world: World) -> SOPRelease:
    return world.once("release", lambda: approve(world.cast, a_draft(world.cast, steps=steps())))


def coming(world: World) -> SOPRelease:
    def make() -> SOPRelease:
        page = a_draft(world.cast, "PK-04", steps=steps())
        tomorrow = timezone.now() + dt.timedelta(days=1)
        return approve(world.cast, page, effective_from=tomorrow)

    return world.once("coming", make)


def withdrawn(world: World) -> SOPRelease:
    def make() -> SOPRelease:
        services.withdraw(release=release(world), reason="Broken.", by=world.cast.lena)
        return release(world)

    return world.once("withdrawn", make)


def draft(world: World) -> dict[str, str]:
    return {"code": world.once("draft", lambda: a_draft(world.cast, "PK-09")).code}


def unsent(world: World) -> SOPPage:
    return world.once("unsent", lambda: a_draft(world.cast, "PK-11"))


def review(world: World) -> FourEyesTaskState:
    def make() -> FourEyesTaskState:
        return services.submit_for_approval(page=a_draft(world.cast, "PK-10"), by=world.cast.lena)

    return world.once("review", make)


def in_review(world: World) -> dict[str, str]:
    return {"page_id": review(world).revision.object_id}


def decision(world: World) -> dict[str, str]:
    return {"seen_sha256": review(world).content_sha256, "approve": "1"}


def code(make: Any) -> Any:
    return lambda world: {"code": make(world).code}


def number(make: Any) -> Any:
    return lambda world: {"code": make(world).code, "number": make(world).number}


def first_picture(make: Any) -> Any:
    return lambda world: {"pk": make(world).texts.get(language="en").pictures.get().pk}


READ_ONLY = everybody(NOT_ALLOWED)
NOBODY = signed_in(NOT_FOUND)
WRITERS = ("lead", "admin")

ROWS = [
    Row("sop:list", "Procedures in force", signed_in(OK), READ_ONLY),
    Row("sop:read", "A procedure", signed_in(OK), READ_ONLY, code(release), case="in force"),
    Row("sop:read", "A procedure", NOBODY, READ_ONLY, draft, case="draft only"),
    Row("sop:read", "A procedure", NOBODY, READ_ONLY, code(coming), case="not in force yet"),
    Row("sop:read", "A procedure", signed_in(GONE), READ_ONLY, code(withdrawn), case="withdrawn"),
    Row("sop:qr", "Its QR code", signed_in(OK), READ_ONLY, code(release), case="in force"),
    Row("sop:qr", "Its QR code", NOBODY, READ_ONLY, draft, case="draft only"),
    Row("sop:release", "One release", signed_in(OK), READ_ONLY, number(release), case="in force"),
    Row("sop:release", "One release", NOBODY, READ_ONLY,
        lambda world: draft(world) | {"number": "1.0"}, case="draft only"),
    Row("sop:release", "One release", allow(OK, *OVERSEE), READ_ONLY, number(coming),
        case="not in force yet"),
    Row("sop:release", "One release", allow(OK, *OVERSEE), READ_ONLY, number(withdrawn),
        case="withdrawn"),
    Row("sop:writing", "What one writes", allow(OK, "lead", "other_lead", "admin"), READ_ONLY),
    Row("sop:submit", "Handing in for approval", allow(OK, *WRITERS), allow(GO, *WRITERS),
        lambda world: {"page_id": unsent(world).pk}, lambda world: {"change_summary": "New."}),
    Row("sop:cancel", "Taking back what was handed in", POST_ONLY, allow(GO, *WRITERS),
        in_review),
    Row("sop:reviews", "What waits for approval", allow(OK, "approver"), READ_ONLY),
    Row("sop:review", "A review", allow(OK, "approver", *WRITERS),
        allow(OK, *WRITERS) | {"approver": GO}, in_review, decision, case="in review"),
    Row("sop:review", "A review", NOBODY, NOBODY,
        lambda world: {"page_id": unsent(world).pk}, case="draft only"),
    Row("sop:withdraw", "Withdrawing a procedure", allow(OK, "approver", *WRITERS),
        allow(GO, "approver", *WRITERS), number(release), lambda world: {"reason": "Broken."}),
    Row("sop:picture", "A picture of a release", signed_in(OK), READ_ONLY, first_picture(release),
        case="in force"),
    Row("sop:picture", "A picture of a release", allow(OK, *OVERSEE), READ_ONLY,
        first_picture(coming), case="not in force yet"),
]  # fmt: skip
