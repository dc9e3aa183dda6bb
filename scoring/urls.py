from django.urls import path, re_path

from scoring.views import operations, unattributed

app_name = "scoring"
urlpatterns = [
    path("operations/", operations.import_list, name="imports"),
    path("operations/new/", operations.import_new, name="import_new"),
    path("operations/<int:pk>/", operations.import_detail, name="import"),
    path("operations/<int:pk>/take/", operations.import_take, name="import_take"),
    re_path(
        r"^operations/(?P<pk>\d+)/rejected\.(?P<kind>xlsx|csv)$",
        operations.import_rejected,
        name="import_rejected",
    ),
    path("unattributed/", unattributed.queue, name="unattributed"),
    path("unattributed/decisions/<int:pk>/undo/", unattributed.undo, name="decision_undo"),
    path("unattributed/<slug:event>/", unattributed.decide, name="decide"),
]
