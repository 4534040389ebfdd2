"""What the room's JavaScript says, in the reader's language."""

from django.utils.translation import gettext as _


def room_words() -> dict[str, str]:
    """By the keys that static/js/room uses; ``{name}``, ``{time}`` and the like are filled in there."""
    return line_words() | people_words() | time_words() | camera_words() | microphone_words()


def line_words() -> dict[str, str]:
    """How the line is, and how much picture it carries."""
    return {
        "connecting": _("Connecting"),
        "connected": _("Connected"),
        "reconnecting": _("Reconnecting"),
        "fair_line": _("Connected, fair line"),
        "poor_line": _("Connected, weak line"),
        "grade_good": _("Good line"),
        "grade_fair": _("Fair line"),
        "grade_poor": _("Weak line"),
        "offline": _("No connection to the clinic. We keep trying; picture and sound may go on."),
        "back_online": _("Connected to the clinic again."),
        "saving_automatic": _("The line is weak, so your picture is sent smaller."),
        "sound_automatic": _("The line is too weak for pictures: sound only. Pictures come back by themselves."),
        "saving_chosen": _("Your picture is sent smaller, to save data."),
        "sound_chosen": _("Sound only, as you have chosen."),
        "pictures_back": _("The line is good again: pictures are back."),
    }


def people_words() -> dict[str, str]:
    """Who is here, and whether they are seen and heard."""
    return {
        "device": _("Device {number}"),
        "you": _("You"),
        "microphone_on": _("Your microphone is on."),
        "microphone_off": _("You are muted."),
        "camera_on": _("Your camera is on."),
        "camera_off": _("Your camera is off."),
        "waiting": _("Waiting room"),
        "joined": _("{name} is here."),
        "left": _("{name} has left."),
        "lost": _("The connection to {name} is lost. We keep trying."),
        "back": _("{name} is back."),
        "screen": _("{name}’s screen"),
    }


def time_words() -> dict[str, str]:
    """How long the visit still goes."""
    return {
        "time_left": _("{time} left"),
        "extended": _("The doctor has added {minutes} minutes."),
        "closes_in": _("Closes in {time}"),
        "five_minutes": _("5 minutes of the visit are left."),
        "one_minute": _("1 minute of the visit is left."),
        "time_is_up": _("The booked time is over. The room closes soon."),
        "closing": _("The room closes in less than a minute."),
    }


def camera_words() -> dict[str, str]:
    """Why there is no picture, and what to do."""
    return {
        "camera_denied": _(
            "The camera is not allowed. Allow it beside the page’s address, then press “Camera on”. "
            "You can also go on without it."
        ),
        "camera_missing": _("No camera was found. Connect one and press “Camera on”, or go on without it."),
        "camera_busy": _("Another program uses the camera. Close it and press “Camera on”, or go on without it."),
        "camera_stopped": _(
            "The camera has stopped: it was unplugged, or another program took it. Press “Camera on” to try again."
        ),
    }


def microphone_words() -> dict[str, str]:
    """Why there is no sound, and what to do."""
    return {
        "microphone_stopped": _(
            "The microphone has stopped: it was unplugged, or another program took it. Press “Unmute” to try again."
        ),
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
