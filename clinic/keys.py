"""The secrets that the portal needs to start."""

import base64
import os
import secrets


def new_secrets() -> dict[str, str]:
    """Fresh values, by environment variable."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ENCRYPTION_KEYS": new_key(),
        "SIGNING_KEYS": new_key(),
    }


def new_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(os.urandom(32)).decode()
