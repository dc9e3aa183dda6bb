from django.urls import path

from training.views import learning, quiz, team

app_name = "training"
urlpatterns = [
    path("", learning.home, name="home"),
    path("certificates/", learning.certificates, name="certificates"),
    path("certificates/<uuid:pk>/revoke/", team.revoke, name="revoke"),
    path("acknowledge/<int:pk>/", learning.acknowledge, name="acknowledge"),
    path("pictures/<int:pk>.webp", learning.picture, name="picture"),
    path("attempts/<uuid:pk>/", quiz.attempt, name="attempt"),
    path("attempts/<uuid:pk>/submit/", quiz.submit, name="submit"),
    path("attempts/<uuid:pk>/<str:key>/", quiz.question, name="question"),
    path("team/", team.team, name="team"),
    path("people/<int:pk>/", team.person, name="person"),
    path("assignments/<int:pk>/allow/", team.allow_attempt, name="allow_attempt"),
    path("assignments/<int:pk>/end/", team.end_assignment, name="end_assignment"),
    path("<slug:slug>/", learning.module, name="module"),
    path("<slug:slug>/lessons/<int:number>/", learning.lesson, name="lesson"),
    path("<slug:slug>/enrol/", learning.enrol, name="enrol"),
    path("<slug:slug>/retire/", team.retire, name="retire"),
    path("<slug:slug>/quiz/", quiz.begin, name="begin"),
]
