from django.urls import path

from .views import ConversationView

app_name = "chat"
urlpatterns = [path("appointments/<str:reference>/chat/", ConversationView.as_view(), name="panel")]
