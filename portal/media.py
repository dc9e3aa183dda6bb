"""Pictures of drafts, for those who edit them. Staff see pictures through a release."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy


@require_safe
@login_required
def media(request: HttpRequest, path: str) -> FileResponse:
    """Serves an image file or a rendition to people who may choose or change that image.

    Nothing else under MEDIA_ROOT has an address: 404.
    """
    Image = get_image_model()
    image = (
        Image.objects.filter(file=path).first() or Image.objects.filter(renditions__file=path).first()
    )
    if image is None or not permission_policy.user_has_any_permission_for_instance(
        request.user, ["choose", "change", "delete"], image
    ):
        raise Http404
    return serve(request, path, document_root=settings.MEDIA_ROOT)
