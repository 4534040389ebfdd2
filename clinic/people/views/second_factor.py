"""What allauth's pages of the second step lack: the QR code as a file, since our policy forbids data: images."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from clinic.people.second_factor import is_required_of


class SecondFactorView(IndexView):
    """The app, the passkeys and the recovery codes of a user; for some a demand."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_required=is_required_of(self.request.user), tab="settings", **kwargs)


@require_safe
@login_required
@reauthentication_required(app="allauth.mfa")
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The secret of the app that is being set up, for its camera: as SVG, for nobody's cache."""
    address = get_adapter().build_totp_url(request.user, get_totp_secret())
    picture = get_adapter().build_totp_svg(address)
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


class SignInAgainView(LoginRequiredMixin, TemplateView):
    """For who signs in by e-mailed code alone: what they want to do next asks for a new one."""

    template_name = "account/sign_in_again.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        after = self.request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(after, allowed_hosts=None):
            after = reverse("settings:index")
        door = f"{reverse('account_request_login_code')}?{urlencode({'next': after})}"
        return super().get_context_data(door=door, **kwargs)
