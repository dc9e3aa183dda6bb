"""Pictures and documents of drafts, for those who edit them. Staff see pictures in a release."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.documents.views.serve import serve as serve_document
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy

EDITING = ["choose", "change", "delete"]


@require_safe
@login_required
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serves an image file or a rendition to people who may choose or change that image.

    Nothing else under MEDIA_ROOT has an address: 404.
    """
    Image = get_image_model()
    image = (
        Image.objects.filter(file=path).first()
        or Image.objects.filter(renditions__file=path).first()
    )
    if image is None or not permission_policy.user_has_any_permission_for_instance(
        request.user, EDITING, image
    ):
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


@require_safe
@login_required
def document(request: HttpRequest, document_id: str, filename: str) -> HttpResponseBase:
    """Wagtail's own view serves a document to whoever knows its number; ours to editors only."""
    found = get_document_model().objects.filter(pk=document_id).first()
    if found is None or not document_policy.user_has_any_permission_for_instance(
        request.user, EDITING, found
    ):
        raise Http404
    return serve_document(request, document_id, filename)
