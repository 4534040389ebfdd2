from django.urls import path

from .views import NoticeBadgeView, NoticeListView

app_name = "notices"
urlpatterns = [
    path("notices/", NoticeListView.as_view(), name="list"),
    path("notices/badge/", NoticeBadgeView.as_view(), name="badge"),
]
