"""The secrets that the portal needs to start, and the file that keeps them for the demo.

``python -m clinic.keys`` prints fresh ones for the .env of docker-compose.yml.
"""

import base64
import os
import secrets
import sys
from pathlib import Path


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


def kept_secrets(file: Path) -> dict[str, str]:
    """The values in `file`, which only its owner may read; what is missing there is made and added."""
    kept = _read(file) if file.exists() else {}
    missing = {name: value for name, value in new_secrets().items() if name not in kept}
    if missing:
        _write(file, kept | missing)
    return kept | missing


def _read(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def _write(file: Path, values: dict[str, str]) -> None:
    """All of it or nothing: half a file would lose keys, and with them the data."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.writelines(f"{name}={value}\n" for name, value in values.items())
    draft.rename(file)


def main() -> None:
    passwords = {name: secrets.token_hex(32) for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "TURN_SECRET")}
    sys.stdout.writelines(f"{name}={value}\n" for name, value in (new_secrets() | passwords).items())


if __name__ == "__main__":
    main()
