from django.urls import include, path
from rest_framework.routers import SimpleRouter

from .api.codes import CodeJoinView, CodeView
from .api.guests import AcceptView
from .api.visits import VisitViewSet
from .api.webhooks import VideoWebhookView

router = SimpleRouter()
router.register("televisits", VisitViewSet, basename="visit")

urlpatterns = [
    path("televisits/codes/<str:code>/", CodeView.as_view(), name="visit-code"),
    path("televisits/codes/<str:code>/join/", CodeJoinView.as_view(), name="visit-code-join"),
    path("televisits/invitations/accept/", AcceptView.as_view(), name="visit-accept"),
    path("webhooks/<str:provider>/<str:integration>/", VideoWebhookView.as_view(), name="video-webhook"),
    path("", include(router.urls)),
]
