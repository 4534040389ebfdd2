"""Every socket address. A socket is opened by a browser with its session, or by a program with its session token."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from chat.routing import websocket_urlpatterns as chat_sockets
from clinic.notices.routing import websocket_urlpatterns as notice_sockets
from televisit.routing import websocket_urlpatterns as visit_sockets

sockets = AllowedHostsOriginValidator(
    AuthMiddlewareStack(URLRouter([*visit_sockets, *chat_sockets, *notice_sockets]))
)
