from django.urls import path

from kit import views

app_name = "kit"
urlpatterns = [
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
]
