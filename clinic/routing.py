"""Every socket address. A socket is opened by a browser with its session, or by a program with its session token."""

from channels.routing import URLRouter

from chat.routing import websocket_urlpatterns as chat_sockets
from clinic.notices.routing import websocket_urlpatterns as notice_sockets
from clinic.people.sockets import SignedInSockets
from televisit.routing import websocket_urlpatterns as visit_sockets

sockets = SignedInSockets(URLRouter([*visit_sockets, *chat_sockets, *notice_sockets]))
