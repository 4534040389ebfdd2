"""The check of camera, microphone, speaker and network."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from clinic.headers import uses_camera
from televisit.forms import DeviceCheckForm
from televisit.models import DeviceCheck
from televisit.providers.webrtc import ice_servers

from .access import SeatMixin

CHECK_TIME = timedelta(minutes=5)


@method_decorator(uses_camera, name="dispatch")
class DeviceCheckView(SeatMixin, TemplateView):
    """Days ahead or at the door. The page tries things by itself and sends what it found; nothing keeps anybody out."""

    template_name = "televisit/device_check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        servers = ice_servers("device-check", until=self.now + CHECK_TIME)
        about = {"servers": servers, "has_relay": bool(settings.TURN_URLS), "words": check_words()}
        return super().get_context_data(**about, **kwargs)

    def post(self, request: Any, code: str) -> HttpResponse:
        """204 once it is kept; 400 for what no browser of ours sends."""
        visit, form = self.visit, DeviceCheckForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        facts: Any = {"by": self.visitor.account, "seat": self.seat, "at": self.now}
        DeviceCheck.objects.keep(visit, **facts, **form.cleaned_data)
        return HttpResponse(status=204)


def check_words() -> dict[str, str]:
    """What the page says, by the keys that static/js/device-check.js uses; {ms} and {loss} are filled in there."""
    return {
        "works": _("Works"),
        "failed": _("Does not work"),
        "unknown": _("Not checked"),
        "slow": _("Slow"),
        "in_app": _("Pages inside this app get no camera. Open this page in {browser}: in its menu."),
        "denied_ios": _("Open Settings, Safari, Camera and Microphone, and choose Allow. Then check again."),
        "denied_android": _("Tap the sign beside the address, then Permissions, and allow it. Then check again."),
        "denied": _("Press the sign beside the page’s address and allow it. Then check again."),
        "missing": _("None was found. Connect one, or turn it on in the settings of this device. Then check again."),
        "busy": _("Another program uses it. Close that program, then check again."),
        "silent": _("We hear nothing. Say a few words; check that it is not muted."),
        "line": _("Answers within {ms} ms, {loss} % lost."),
        "slow_line": _("The line is slow: {ms} ms, {loss} % lost. Move closer to the router, or use another network."),
        "no_relay": _("This network blocks video calls. Try another network, such as mobile data."),
        "no_line": _("We could not measure the line. You can join all the same."),
    }
