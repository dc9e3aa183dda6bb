"""Root URLs. Wagtail's public page routes are not mounted: staff read releases."""

from django.urls import include, path
from django.views.i18n import set_language
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal.media import media

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("language/", set_language, name="set_language"),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
    path("people/", include("people.urls")),
    path("jobs/", include("kit.urls")),
]
