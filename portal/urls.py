"""Root URLs. Wagtail's public page routes are not mounted: staff read releases."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls

from people.account_urls import closed
from portal import views
from portal.media import document, media

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/", include("people.account_urls")),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("cms/", include("people.cms_urls")),
    path("cms/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", document, name="wagtaildocs_serve"),
    # Wagtail leads here when a collection has a password of its own; that is not in use.
    path(
        "documents/password/<int:restriction_id>/",
        closed,
        name="wagtaildocs_authenticate_with_password",
    ),
    path("media/<path:path>", media, name="media"),
    path("people/", include("people.urls")),
    path("jobs/", include("kit.urls")),
    path("sop/", include("sop.urls")),
    path("learn/", include("training.urls")),
    path("scores/", include("scoring.urls")),
]
