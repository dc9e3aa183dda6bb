from django.urls import path

from sop import views

app_name = "sop"
urlpatterns = [
    path("", views.sop_list, name="list"),
    path("pictures/<int:pk>.webp", views.picture, name="picture"),
    path("<str:code>/", views.read, name="read"),
    path("<str:code>/qr.svg", views.qr, name="qr"),
    path("<str:code>/r/<str:number>/", views.read_release, name="release"),
]
