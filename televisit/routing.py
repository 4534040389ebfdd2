from django.urls import path

from .consumers import VisitConsumer

websocket_urlpatterns = [path("ws/visits/<str:code>/", VisitConsumer.as_asgi())]
