from django.urls import path

from .api import MessageViewSet

MESSAGES = "appointments/<str:reference>/messages/"

urlpatterns = [
    path(MESSAGES, MessageViewSet.as_view({"get": "list", "post": "create"}), name="messages"),
    path(f"{MESSAGES}read/", MessageViewSet.as_view({"post": "read"}), name="messages-read"),
    path(f"{MESSAGES}state/", MessageViewSet.as_view({"get": "state"}), name="messages-state"),
    path(f"{MESSAGES}close/", MessageViewSet.as_view({"post": "close"}), name="messages-close"),
    path(f"{MESSAGES}reopen/", MessageViewSet.as_view({"post": "reopen"}), name="messages-reopen"),
]
