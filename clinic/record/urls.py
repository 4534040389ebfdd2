from django.urls import include, path

from .views import charts, history, reading

record = [
    path("record/", reading.OwnRecordView.as_view(), name="own"),
    path("record/<str:uid>/charts/add/", charts.ChartAddView.as_view(), name="add-chart"),
    path("record/charts/<str:uid>/", charts.ChartView.as_view(), name="chart"),
    path("record/<str:uid>/<slug:kind>/add/", history.EntryAddView.as_view(), name="add"),
    path("record/<slug:kind>/<str:uid>/strike-out/", history.EntryStrikeOutView.as_view(), name="strike-out"),
    path("record/<slug:kind>/<str:uid>/confirm/", history.EntryConfirmView.as_view(), name="confirm"),
    path("doctor/patients/<str:uid>/", reading.PatientRecordView.as_view(), name="patient"),
    path("doctor/patients/<str:uid>/summary/", reading.SummaryView.as_view(), name="summary"),
]

urlpatterns = [path("", include((record, "record")))]
