from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .api.codes import CodeView
from .api.visits import VisitViewSet

router = SimpleRouter()
router.register("televisits", VisitViewSet, basename="visit")

urlpatterns = [
    path("televisits/codes/<str:code>/", CodeView.as_view(), name="visit-code"),
    path("", include(router.urls)),
]
