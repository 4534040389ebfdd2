"""What can go wrong with a video service, in words that a clinic's manager understands."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class ProviderError(RuleViolation):
    """`words`, where given, say it better than the message of the class. The transient ones may pass by themselves."""

    code = "video_service_failed"
    message = _("The video service did not do what was asked.")
    is_transient = False
    is_slow = False  # asking once more would take as long

    def __init__(self, words: object = "") -> None:
        super().__init__(words)
        self.words = words or self.message

    def __str__(self) -> str:
        return str(self.words)


class Unreachable(ProviderError):
    code = "video_service_unreachable"
    message = _("The video service does not answer. Check its address, and whether it has an outage.")
    is_transient = True

    def __init__(self, words: object = "", *, is_slow: bool = False) -> None:
        super().__init__(words)
        self.is_slow = is_slow


class RateLimited(ProviderError):
    code = "video_service_rate_limited"
    message = _("The video service says that we ask too often. Try again in a minute.")
    is_transient = True


class BadAnswer(ProviderError):
    code = "video_service_bad_answer"
    message = _("The video service answered something that we do not understand. Is the address the right one?")
    is_transient = True


class RefusedCredentials(ProviderError):
    code = "video_service_refused_credentials"
    message = _("The video service refused the key. It may be mistyped, withdrawn, or for another environment.")


class WrongClock(ProviderError):
    code = "video_service_wrong_clock"
    message = _("This server’s clock and that of the video service differ, so that passes are refused. Set the clock.")


class BadAccount(ProviderError):
    """What was filled in cannot work, whatever the service says."""

    code = "video_service_bad_account"
    message = _("What was filled in for the video service cannot be right.")


class NotSupported(ProviderError):
    code = "video_service_cannot"
    message = _("This video service cannot do that.")


class RoomGone(ProviderError):
    code = "video_service_room_gone"
    message = _("The video service no longer has this room.")


class BadSignature(ProviderError):
    code = "video_service_bad_signature"
    message = _("This message was not signed by the video service, or too long ago.")


class BadWebhook(ProviderError):
    code = "video_service_bad_webhook"
    message = _("This message of the video service cannot be read.")
