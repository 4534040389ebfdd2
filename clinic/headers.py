"""Response headers that tell browsers how little a page may do."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

TOKEN_HEADERS = ("Authorization", "X-Session-Token")
Answer = TypeVar("Answer", bound=HttpResponseBase)
CALL_NAMES = ("camera", "microphone", "display-capture")
NO_DEVICES = "camera=(), microphone=(), display-capture=(), geolocation=(), payment=(), usb=()"
CALL_DEVICES = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"


class HeadersMiddleware:
    """Permissions-Policy, resource isolation, no caching of personal pages, no sharing of secret addresses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NO_DEVICES)
        if getattr(request, "holds_capability", False):
            response.headers["Referrer-Policy"] = "strict-origin"
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_personal(request, response):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def is_personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer may be for one person only: who came with a session or token, or leaves with a session."""
    session = settings.SESSION_COOKIE_NAME
    return session in {*request.COOKIES, *response.cookies} or any(name in request.headers for name in TOKEN_HEADERS)


def uses_camera(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorator of a view whose page asks for camera, microphone or screen."""

    @wraps(view)
    def with_devices(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Permissions-Policy", CALL_DEVICES)
        return response

    return with_devices


def open_to_others(response: Answer, *, sources: Mapping[str, Sequence[str]], devices: Sequence[str]) -> Answer:
    """The response, allowed to load from `sources` (by CSP directive) and to let frames of `devices` use the camera."""
    if devices:
        origins = " ".join(["self", *(f'"{origin}"' for origin in devices)])
        calls = ", ".join(f"{name}=({origins})" for name in CALL_NAMES)
        response.headers["Permissions-Policy"] = f"{calls}, geolocation=(), payment=(), usb=()"
    if sources:
        more = {directive: list(allowed) for directive, allowed in sources.items()}
        csp_update(more)(lambda _request: response)(HttpRequest())  # marks the response for the policy's middleware
    return response


def holds_capability(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorator of a view whose address is a secret: the address must not travel on as Referer, nor be indexed.

    Our name alone may: under "no-referrer" the page's own forms come without an origin, and CSRF refuses them.
    """

    @wraps(view)
    def without_referrer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.holds_capability = True  # type: ignore[attr-defined]  # for the middleware, which sees refusals too
        return view(request, *args, **kwargs)

    return without_referrer
