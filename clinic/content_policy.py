"""What pages may load, and from where: as little as they do with."""

from typing import Any

from csp.constants import NONE, SELF


def policy_for(public_url: str) -> dict[str, Any]:
    """The Content-Security-Policy of every page; one with a video service's room is opened by clinic.headers."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF],
            "font-src": [SELF],
            "media-src": [SELF, "blob:"],
            "connect-src": [SELF, public_url.replace("http", "ws", 1)],
            "manifest-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "upgrade-insecure-requests": public_url.startswith("https://"),
            "report-uri": ["/csp-report/"],
        }
    }
