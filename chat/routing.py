from django.urls import path

from .consumers import ConversationConsumer

websocket_urlpatterns = [path("ws/appointments/<str:reference>/", ConversationConsumer.as_asgi())]
