from django.urls import include, path

from .views import after, charts, history, reading

record = [
    path("record/", reading.OwnRecordView.as_view(), name="own"),
    path("record/<str:uid>/charts/add/", charts.ChartAddView.as_view(), name="add-chart"),
    path("record/charts/<str:uid>/", charts.ChartDownloadView.as_view(), name="chart"),
    path("record/charts/<str:uid>/view/", charts.ChartPageView.as_view(), name="chart-page"),
    path("record/charts/<str:uid>/inline/", charts.ChartInlineView.as_view(), name="chart-inline"),
    path("record/charts/<str:uid>/delete/", charts.ChartDeleteView.as_view(), name="delete-chart"),
    path("visits/<str:code>/files/", charts.VisitFilesView.as_view(), name="visit-files"),
    path("visits/<str:code>/files/list/", charts.VisitFileListView.as_view(), name="visit-file-list"),
    path("record/<str:uid>/<slug:kind>/add/", history.EntryAddView.as_view(), name="add"),
    path("record/<slug:kind>/<str:uid>/strike-out/", history.EntryStrikeOutView.as_view(), name="strike-out"),
    path("record/<slug:kind>/<str:uid>/confirm/", history.EntryConfirmView.as_view(), name="confirm"),
    path("appointments/<str:reference>/summary/", after.AfterVisitView.as_view(), name="after-visit"),
    path("doctor/to-finish/", after.ToFinishView.as_view(), name="to-finish"),
    path("doctor/patients/<str:uid>/", reading.PatientRecordView.as_view(), name="patient"),
    path("doctor/patients/<str:uid>/open/", reading.OpenAgainView.as_view(), name="open-again"),
    path("doctor/patients/<str:uid>/summary/", reading.SummaryView.as_view(), name="summary"),
]

urlpatterns = [path("", include((record, "record")))]
