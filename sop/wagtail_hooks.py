"""Procedures in Wagtail's admin: what its menus offer, and the doors that stay shut."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet

from sop.models import SOPPage, SOPRelease
from sop.permissions import IMAGE_RIGHTS


@hooks.register("construct_page_chooser_queryset")
def choose_only_own_pages(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Wagtail's chooser offers every page of the site, drafts included."""
    return pages & page_permission_policy.explorable_instances(request.user)


@hooks.register("construct_reports_menu")
def hide_reports_of_the_whole_site(request: HttpRequest, items: list) -> None:
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "page-types-usage"]


class OwnImages(ImagesAdminAPIViewSet):
    def get_queryset(self) -> Any:
        allowed = image_policy.instances_user_has_any_permission_for(
            self.request.user, IMAGE_RIGHTS
        )
        return super().get_queryset().filter(pk__in=allowed)


class OwnDocuments(DocumentsAdminAPIViewSet):
    def get_queryset(self) -> Any:
        allowed = document_policy.instances_user_has_any_permission_for(
            self.request.user, IMAGE_RIGHTS
        )
        return super().get_queryset().filter(pk__in=allowed)


@hooks.register("construct_admin_api", order=1000)
def list_only_own_files(router: WagtailAPIRouter) -> None:
    """Wagtail's admin API lists every picture and document to everybody who may sign in there."""
    router.register_endpoint("images", OwnImages)
    router.register_endpoint("documents", OwnDocuments)


@hooks.register("before_serve_document")
def serve_only_own_documents(document: Any, request: HttpRequest) -> HttpResponse | None:
    if document_policy.user_has_any_permission_for_instance(request.user, IMAGE_RIGHTS, document):
        return None
    return HttpResponse(status=404)


@hooks.register("before_delete_page")
def keep_what_was_released(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A page above released procedures: the database would refuse it with an error page."""
    return _refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_what_was_released_in_bulk(
    request: HttpRequest, action_type: str, objects: list, action: Any
) -> HttpResponse | None:
    pages = [found for found in objects if isinstance(found, Page)]
    return _refuse_deletion(request, pages) if action_type == "delete" else None


def _refuse_deletion(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    for page in pages:
        below = SOPPage.objects.descendant_of(page, inclusive=True)
        if SOPRelease.objects.filter(sop_key__in=below.values("translation_key")).exists():
            messages.error(
                request,
                _("There are released procedures under “%(page)s”, and their history stays.")
                % {"page": page.get_admin_display_title()},
            )
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
