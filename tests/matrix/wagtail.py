"""Wagtail's doors outside its admin: files of drafts."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from tests.matrix.core import NOT_ALLOWED, NOT_FOUND, OK, Row, World, allow, everybody


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


# Whoever may write somewhere chooses pictures from the shared collection.
EDITORS = ("lead", "other_lead", "approver", "admin")

ROWS = [
    Row("wagtaildocs_serve", "A document of a draft", allow(OK, *EDITORS),
        everybody(NOT_ALLOWED), kwargs=paper),
    Row("wagtaildocs_authenticate_with_password", "Closed", everybody(NOT_FOUND),
        everybody(NOT_FOUND), kwargs=lambda world: {"restriction_id": 1}),
    Row("media", "A picture of a draft", allow(OK, *EDITORS), everybody(NOT_ALLOWED),
        kwargs=picture),
]  # fmt: skip
