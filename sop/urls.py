from django.urls import path

from sop.views import reading, reviewing, writing

app_name = "sop"
urlpatterns = [
    path("", reading.sop_list, name="list"),
    path("writing/", writing.own_pages, name="writing"),
    path("writing/<int:page_id>/submit/", writing.submit, name="submit"),
    path("writing/<int:page_id>/cancel/", writing.cancel, name="cancel"),
    path("reviews/", reviewing.reviews, name="reviews"),
    path("reviews/<int:page_id>/", reviewing.review, name="review"),
    path("pictures/<int:pk>.webp", reading.picture, name="picture"),
    path("<str:code>/", reading.read, name="read"),
    path("<str:code>/qr.svg", reading.qr, name="qr"),
    path("<str:code>/r/<str:number>/", reading.read_release, name="release"),
    path("<str:code>/r/<str:number>/withdraw/", writing.withdraw, name="withdraw"),
]
