from django.urls import path

from . import api

urlpatterns = [
    path("patients/<str:uid>/summary/", api.SummaryView.as_view(), name="patient-summary"),
    path("patients/<str:uid>/charts/", api.ChartListView.as_view(), name="patient-charts"),
    path("charts/<str:uid>/", api.ChartView.as_view(), name="chart"),
    path("televisits/<str:session_id>/charts/", api.VisitChartListView.as_view(), name="visit-charts"),
]
