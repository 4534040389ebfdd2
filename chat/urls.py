from django.urls import path

from .views import ClosingView, ConversationView

CHAT = "appointments/<str:reference>/chat/"

app_name = "chat"
urlpatterns = [
    path(CHAT, ConversationView.as_view(), name="panel"),
    path(f"{CHAT}close/", ClosingView.as_view(), name="close"),
    path(f"{CHAT}reopen/", ClosingView.as_view(is_closing=False), name="reopen"),
]
