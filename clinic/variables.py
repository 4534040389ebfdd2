"""Variables of the environment that must be right before anything starts."""

import base64

from django.core.exceptions import ImproperlyConfigured
from environ import Env


def keys_of_32_bytes(env: Env, name: str) -> list[bytes]:
    """The base64 keys of the variable `name`, newest first; stops the start in clear words if one is unusable."""
    try:
        keys = [base64.b64decode(text, validate=True) for text in env.list(name, default=[]) if text]
    except ValueError:
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured(
            f"{name} must hold at least one base64 key of 32 bytes. Make one with: openssl rand -base64 32"
        )
    return keys


def secret_key(env: Env) -> str:
    """SECRET_KEY, which outside of DEBUG must be long and random."""
    key = env.str("SECRET_KEY", default="")
    if len(key) < 50 or len(set(key)) < 10:
        raise ImproperlyConfigured(
            "SECRET_KEY must hold at least 50 random characters. Make one with: openssl rand -base64 48"
        )
    return key


def public_url(env: Env, *, debug: bool) -> str:
    """PUBLIC_URL without a slash at its end; outside of DEBUG it must be https."""
    url = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
    if not (debug or url.startswith("https://")):
        raise ImproperlyConfigured(
            "PUBLIC_URL must begin with https:// when DEBUG is off: browsers need it for cameras."
        )
    return url
