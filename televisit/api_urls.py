from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .api.codes import CodeJoinView, CodeView
from .api.visits import VisitViewSet

router = SimpleRouter()
router.register("televisits", VisitViewSet, basename="visit")

urlpatterns = [
    path("televisits/codes/<str:code>/", CodeView.as_view(), name="visit-code"),
    path("televisits/codes/<str:code>/join/", CodeJoinView.as_view(), name="visit-code-join"),
    path("", include(router.urls)),
]
