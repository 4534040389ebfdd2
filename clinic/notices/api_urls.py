from django.urls import path

from .api import NoticeViewSet

urlpatterns = [
    path("notices/", NoticeViewSet.as_view({"get": "list"}), name="notices"),
    path("notices/read/", NoticeViewSet.as_view({"post": "read"}), name="notices-read"),
]
