"""A request that is sent twice is done once: the retry of a program, the second press of a button."""

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation
from clinic.models import IdempotencyKey


class KeyUsedForSomethingElse(RuleViolation):
    code = "key_used_for_something_else"
    message = _("This form was already sent with other contents. Open it again and send it once.")


@transaction.atomic
def once(make: Callable[[], str], *, user: Any, key: str, body: Any) -> str:
    """The reference of what `make` made for the user's `key`: just now, or when the same request came before.

    `body` is what was asked for, as JSON could say it. A request at the same time waits for the first to end; if that
    one is refused, its key is free again. Without a key, `make` runs. Raises KeyUsedForSomethingElse.
    """
    if not key:
        return make()
    fingerprint = _digest(json.dumps(body, sort_keys=True, default=str))
    rows = IdempotencyKey.objects.filter(user=user, key=_digest(key))
    if IdempotencyKey.objects.claim(user, _digest(key), fingerprint=fingerprint):
        reference = make()
        rows.update(reference=reference)
        return reference
    row = rows.get()
    if row.fingerprint != fingerprint:
        raise KeyUsedForSomethingElse
    return row.reference


def _digest(text: str) -> str:
    """Fixed-size and keyed: a request's text cannot be guessed from the row."""
    return salted_hmac("clinic.idempotency", text, algorithm="sha256").hexdigest()
