"""Procedures in Wagtail's admin: what its menus offer, and the doors that stay shut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem, SubmitForModerationMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.widgets import Button
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import page_permission_policy
from wagtail.query import PageQuerySet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from people.models import User
from sop.models import ControlledPage, ErrorCode, SOPIndexPage, SOPPage, SOPRelease
from sop.permissions import IMAGE_RIGHTS, can_edit

# A translation that mirrors its source would be published without approval.
HIDDEN_ACTIONS = ("localize-convert-to-alias",)


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
    if action_type != "delete":
        return None
    if any(isinstance(found, ErrorCode) for found in objects):
        messages.error(request, _("Error codes are kept. Rename one instead of deleting it."))
        return redirect("wagtailadmin_home")
    return _refuse_deletion(request, [found for found in objects if isinstance(found, Page)])


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


class HandIn(SubmitForModerationMenuItem):
    """Wagtail's button under the name that the reviewers' pages use."""

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return super().get_context_data(parent_context) | {"label": _("Hand in for approval")}


class OpenReview(ActionMenuItem):
    name = "open-review"
    icon_name = "view"

    def __init__(self, order: int | None = None) -> None:
        super().__init__(order)
        self.label = _("Open the review")

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("sop:review", args=[context["page"].pk])


@hooks.register("construct_page_action_menu")
def offer_what_the_rules_allow(items: list, request: HttpRequest, context: dict[str, Any]) -> None:
    """In review: the review instead of a dead lock button. Else handing in by its own name."""
    page = context.get("page") or context.get("parent_page")
    if not isinstance(page, ControlledPage | SOPIndexPage):
        return
    for index, item in enumerate(items):
        if isinstance(item, SubmitForModerationMenuItem):
            items[index] = HandIn(order=item.order)
    items[:] = [item for item in items if item.name not in HIDDEN_ACTIONS]
    if isinstance(page, ControlledPage) and page.workflow_in_progress:
        items[:] = [OpenReview(order=0)] + [
            item for item in items if item.name != "action-page-locked"
        ]


@hooks.register("register_page_header_buttons")
def ways_out_of_the_editor(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """The translation editor has no button of its own for handing in."""
    if isinstance(page, ControlledPage) and can_edit(user, page):
        yield Button(
            _("Hand in for approval"),
            reverse("sop:submit", args=[page.pk]),
            icon_name="check",
            priority=5,
        )
        yield Button(_("All that I write"), reverse("sop:writing"), icon_name="list-ul", priority=6)


@hooks.register("register_admin_menu_item")
def procedures_menu() -> MenuItem:
    return MenuItem(
        gettext_lazy("Procedures"), reverse_lazy("sop:writing"), icon_name="list-ol", order=90
    )


class KeptPolicy(ModelPermissionPolicy):
    """Nothing is deleted: releases and the errors of years refer to it."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)


class ErrorCodeViewSet(SnippetViewSet):
    """The vocabulary of mistakes, kept by leads and administrators."""

    model = ErrorCode
    permission_policy = KeptPolicy(ErrorCode)
    icon = "warning"
    add_to_admin_menu = True
    menu_order = 95
    list_display = ["code", "name_en", "name_zh"]
    search_fields = ["code", "name_en", "name_zh"]
    panels = [FieldPanel("code"), FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_zh")])]


register_snippet(ErrorCodeViewSet)
