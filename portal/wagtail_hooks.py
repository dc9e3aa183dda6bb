"""Wagtail's admin under the same name and colours, with the way back."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("insert_global_admin_css")
def colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("portal/admin.css"))


@hooks.register("register_admin_menu_item")
def way_back() -> MenuItem:
    # A bare "/" would count as the current place on every page of the admin.
    return MenuItem(
        _("Back to Handrail"), f"{reverse('home')}#main", icon_name="arrow-left", order=1
    )
