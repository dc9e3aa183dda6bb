"""Keeps the pictures of a release as they were, small enough for a phone."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Pillow
from PIL import ImageOps
from wagtail.images import get_image_model

from sop.models import ReleasedPicture, ReleaseText
from sop.storage import private_storage

LONGEST_SIDE = 1600


def keep_pictures(text: ReleaseText) -> None:
    """One row for each picture of the text; equal files are stored once."""
    wanted = {
        picture["file"]: picture["image"]
        for step in text.snapshot["steps"]
        for picture in step["pictures"]
    }
    images = get_image_model().objects.in_bulk(wanted.values())
    for source_hash, pk in wanted.items():
        data, width, height = for_phones(images[pk])
        name = f"sop/pictures/{source_hash}.webp"
        storage = private_storage()
        if not storage.exists(name):
            storage.save(name, ContentFile(data))
        ReleasedPicture.objects.create(
            text=text, source_hash=source_hash, file=name, width=width, height=height
        )


def for_phones(image: Any) -> tuple[bytes, int, int]:
    """WebP of at most 1600 pixels, upright, without the camera's own data (place, device)."""
    with image.file.open("rb") as file, Pillow.open(file) as opened:
        mode = "RGBA" if "A" in opened.getbands() else "RGB"
        picture = ImageOps.exif_transpose(opened).convert(mode)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    picture.save(out, "WEBP", quality=85, method=4)
    return out.getvalue(), picture.width, picture.height
