class ServerError(Exception):
    """A server cannot run here; the message is one line that says why and what to do."""
