"""What the room's JavaScript says, in the reader's language."""

from django.utils.translation import gettext as _


def room_words() -> dict[str, str]:
    """By the keys that static/js/room uses; ``{name}`` and ``{time}`` are filled in there."""
    return {
        "connecting": _("Connecting"),
        "connected": _("Connected"),
        "reconnecting": _("Reconnecting"),
        "waiting": _("Waiting room"),
        "joined": _("{name} is here."),
        "left": _("{name} has left."),
        "lost": _("The connection to {name} is lost. We keep trying."),
        "back": _("{name} is back."),
        "screen": _("{name}’s screen"),
        "time_left": _("{time} left"),
        "closes_in": _("Closes in {time}"),
        "five_minutes": _("5 minutes of the visit are left."),
        "one_minute": _("1 minute of the visit is left."),
        "time_is_up": _("The booked time is over. The room closes soon."),
        "closing": _("The room closes in less than a minute."),
        "camera_denied": _(
            "The camera is not allowed. Allow it beside the page’s address, then press “Camera on”. "
            "You can also go on without it."
        ),
        "camera_missing": _("No camera was found. Connect one and press “Camera on”, or go on without it."),
        "camera_busy": _("Another program uses the camera. Close it and press “Camera on”, or go on without it."),
        "microphone_denied": _(
            "The microphone is not allowed. Allow it beside the page’s address, then press “Unmute”. "
            "Until then you can listen and write in the chat."
        ),
        "microphone_missing": _(
            "No microphone was found. Connect one and press “Unmute”. Until then you can listen and write in the chat."
        ),
        "microphone_busy": _(
            "Another program uses the microphone. Close it and press “Unmute”. "
            "Until then you can listen and write in the chat."
        ),
    }
