from django.urls import path

from .api import MessageViewSet

MESSAGES = "appointments/<str:reference>/messages/"

urlpatterns = [
    path(MESSAGES, MessageViewSet.as_view({"get": "list", "post": "create"}), name="messages"),
    path(f"{MESSAGES}read/", MessageViewSet.as_view({"post": "read"}), name="messages-read"),
]
