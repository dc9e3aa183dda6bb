"""Wagtail's admin shows titles, and more, of any page or picture whose number one asks for.

Its views check what a person may change, many of them not what a person may see (tried on 7.4:
explorer, choosers, bulk actions, moving, translating). So the question is asked here, once, by the
names under which the admin's addresses carry those numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Collection, Page
from wagtail_localize.models import TranslationSource

from people.models import User
from sop.models import ControlledPage
from sop.permissions import can_see_collection, can_see_image, can_see_page, can_see_subtree

PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")
IMAGE_ARGUMENTS = ("image_id",)
LISTS = ("wagtail_bulk_action", "wagtailadmin_choose_page_chosen_multiple")
# Reports that name pages of the whole site.
WHOLE_SITE = (
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_reports:page_types_usage_results",
)
# A translation that mirrors its source would be published without approval.
CLOSED = ("wagtail_localize:convert_to_alias", "wagtailadmin_pages:convert_alias")


class AdminDoorsMiddleware:
    """Answers 404 in Wagtail's admin for pages and pictures that the person may not see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: Iterable, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        user = request.user
        if match is None or not match.route.startswith("cms/"):
            return None
        if not user.is_authenticated or not user.is_active:
            return None
        for name in PAGE_ARGUMENTS:
            if name in kwargs and not can_see_page(user, _page(kwargs[name])):
                raise Http404
        if not can_see_page(user, _translated_page(kwargs)):
            raise Http404
        for name in IMAGE_ARGUMENTS:
            if name in kwargs and not can_see_image(user, _image(kwargs[name])):
                raise Http404
        if match.url_name in LISTS:
            _check_lists(request, user, kwargs.get("model_name", "page"))
        if match.view_name in WHOLE_SITE and not can_see_subtree(user, Page.get_first_root_node()):
            raise Http404
        if match.view_name in CLOSED and isinstance(_page(kwargs["page_id"]), ControlledPage):
            raise Http404
        if match.view_name == "wagtailadmin_pages:delete":
            return _explain_refusal(request, _page(kwargs["page_id"]))
        return None


def _page(pk: Any) -> Page | None:
    found = Page.objects.filter(pk=pk).first()
    return found and found.specific


def _translated_page(kwargs: dict[str, Any]) -> Page | None:
    """The page behind the numbers of wagtail-localize's own records."""
    if "translation_source_id" in kwargs:
        source = TranslationSource.objects.filter(pk=kwargs["translation_source_id"]).first()
    elif "translation_id" in kwargs:
        source = TranslationSource.objects.filter(translations=kwargs["translation_id"]).first()
    else:
        return None
    if source is None:
        return None
    found = Page.objects.filter(locale=source.locale, translation_key=source.object_id).first()
    return found and found.specific


def _image(pk: Any) -> Any:
    return get_image_model().objects.filter(pk=pk).first()


def _check_lists(request: HttpRequest, user: User, model_name: str) -> None:
    """The same for addresses that carry a list of numbers, or ask for everything under one."""
    wanted = [value for value in request.GET.getlist("id") if value.isdecimal()]
    under = request.GET.get("childOf", "")
    everything = "all" in request.GET.getlist("id")
    if model_name == "page":
        hidden = any(not can_see_page(user, _page(pk)) for pk in wanted)
        if everything:
            parent = _page(under) if under.isdecimal() else None
            hidden = hidden or not can_see_subtree(user, parent)
    elif model_name == get_image_model()._meta.model_name:
        hidden = any(not can_see_image(user, _image(pk)) for pk in wanted)
        if everything:
            folder = Collection.objects.filter(pk=under).first() if under.isdecimal() else None
            hidden = hidden or not can_see_collection(user, folder)
    else:
        return
    if hidden:
        raise Http404


def _explain_refusal(request: HttpRequest, page: Page | None) -> HttpResponse | None:
    """Wagtail would only say that one lacks the right."""
    if not isinstance(page, ControlledPage) or not page.is_released:
        return None
    messages.error(
        request,
        _("%(page)s has been released, so its history stays. Withdraw it instead of deleting it.")
        % {"page": page.get_admin_display_title()},
    )
    return redirect("wagtailadmin_pages:edit", page.pk)
