"""Wagtail's doors outside its admin: files of drafts."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from sop.models import TeamSection
from tests.matrix.core import NOT_ALLOWED, NOT_FOUND, OK, Row, World, allow, everybody, signed_in


def picture(world: World) -> dict[str, Any]:
    def make() -> Image:
        with get_test_image_file("shelf.png") as file:
            return Image.objects.create(title="Shelf", file=file)

    image = world.once("image", make)
    return {"path": image.file.name}


def paper(world: World) -> tuple:
    document = world.once(
        "document",
        lambda: Document.objects.create(title="Plan", file=ContentFile(b"secret", "plan.txt")),
    )
    return document.pk, document.filename


def team_picture(world: World) -> dict[str, Any]:
    def make() -> Image:
        collection = TeamSection.objects.get(team=world.cast.pickers).collection
        with get_test_image_file("shelf.png") as file:
            return Image.objects.create(title="Shelf", file=file, collection=collection)

    return {"path": world.once("team image", make).file.name}


ROWS = [
    Row("wagtaildocs_serve", "A document", signed_in(NOT_FOUND), everybody(NOT_ALLOWED),
        kwargs=paper),
    Row("wagtaildocs_authenticate_with_password", "Closed", everybody(NOT_FOUND),
        everybody(NOT_FOUND), kwargs=lambda world: {"restriction_id": 1}),
    Row("media", "A picture of a draft", allow(OK, "lead", "approver", "admin"),
        everybody(NOT_ALLOWED), kwargs=team_picture, case="the team's"),
    Row("media", "A picture of a draft", allow(OK, "approver", "admin"),
        everybody(NOT_ALLOWED), kwargs=picture, case="nobody's team"),
]  # fmt: skip
