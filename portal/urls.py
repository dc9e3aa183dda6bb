"""Root URLs. Wagtail's public page routes are not mounted: staff read releases."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from portal import views
from portal.media import media

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/", include("people.account_urls")),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("cms/", include("people.cms_urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:path>", media, name="media"),
    path("people/", include("people.urls")),
    path("jobs/", include("kit.urls")),
    path("sop/", include("sop.urls")),
    path("learn/", include("training.urls")),
]
