"""Why something was not sent. Their text goes into the log and the admin: it names no person."""


class TransientSendError(Exception):
    """It may work later: the service is away, slow or full."""


class SendRefused(Exception):
    """It will never work like this: the address or the message was refused."""
