from django.urls import path

from people.views.code import enter_code

app_name = "people"
urlpatterns = [
    path("code/", enter_code, name="code"),
]
