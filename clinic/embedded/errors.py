class CannotStart(Exception):
    """Something cannot run here; the message is one line that says why and what to do."""
