from django.urls import path, register_converter

from .api import charts, history, reading

register_converter(history.KindConverter, "history")

urlpatterns = [
    path("patients/<str:uid>/summary/", reading.SummaryView.as_view(), name="patient-summary"),
    path("patients/<str:uid>/timeline/", reading.TimelineView.as_view(), name="patient-timeline"),
    path("patients/<str:uid>/looks/", reading.LooksView.as_view(), name="patient-looks"),
    path("patients/<str:uid>/open/", reading.OpenAgainView.as_view(), name="patient-open"),
    path("patients/<str:uid>/charts/", charts.ChartListView.as_view(), name="patient-charts"),
    path("patients/<str:uid>/<history:kind>/", history.EntryListView.as_view(), name="patient-history"),
    path("charts/<str:uid>/", charts.ChartView.as_view(), name="chart"),
    path("history/<history:kind>/<str:uid>/", history.EntryView.as_view(), name="entry"),
    path("history/<history:kind>/<str:uid>/confirm/", history.EntryConfirmView.as_view(), name="entry-confirm"),
    path("televisits/<str:session_id>/charts/", charts.VisitChartListView.as_view(), name="visit-charts"),
    path("appointments/<str:reference>/summary/", reading.AfterVisitView.as_view(), name="after-visit"),
    path("to-finish/", reading.ToFinishView.as_view(), name="to-finish"),
]
