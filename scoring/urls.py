from django.urls import path, re_path

from scoring.views import measures, operations, periods, reviews, scorecards, unattributed

app_name = "scoring"
urlpatterns = [
    path("", scorecards.mine, name="mine"),
    path("<int:pk>/", scorecards.scorecard, name="scorecard"),
    path("<int:pk>/rows/", scorecards.rows, name="rows"),
    path("<int:pk>/scorecard.pdf", scorecards.scorecard_pdf, name="scorecard_pdf"),
    path("<int:pk>/answer/", scorecards.answer, name="answer"),
    path("<int:pk>/review/", reviews.review, name="review"),
    path("<int:pk>/review/reopen/", reviews.reopen, name="review_reopen"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("periods/", periods.period_list, name="periods"),
    path("new-period/", periods.period_new, name="period_new"),
    path("periods/<slug:name>/", periods.period, name="period"),
    path("periods/<slug:name>/calculate/", periods.calculate, name="period_calculate"),
    path("periods/<slug:name>/start-review/", periods.start_review, name="period_start_review"),
    path("periods/<slug:name>/publish/", periods.publish, name="period_publish"),
    path("periods/<slug:name>/close/", periods.close, name="period_close"),
    path("periods/<slug:name>/export/", periods.export_cards, name="period_export"),
    path("periods/<slug:name>/export/<int:pk>.zip", periods.download, name="period_download"),
    path("measures/", measures.measure_list, name="measures"),
    path("measures/weights/", measures.weights, name="weights"),
    path("measures/<int:pk>/", measures.process, name="process"),
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
