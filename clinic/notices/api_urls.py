from django.urls import path

from .api import NoticeViewSet, PreferencesView

urlpatterns = [
    path("notices/", NoticeViewSet.as_view({"get": "list"}), name="notices"),
    path("notices/read/", NoticeViewSet.as_view({"post": "read"}), name="notices-read"),
    path("notices/unread/", NoticeViewSet.as_view({"get": "unread"}), name="notices-unread"),
    path("me/notices/", PreferencesView.as_view(), name="notice-preferences"),
]
