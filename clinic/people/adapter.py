"""How allauth makes users, writes mails and asks who it is, where our way differs from its own."""

from email.utils import formataddr, parseaddr
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.internal.httpkit import is_headless_request
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from clinic.people.devices import device_of, remember
from clinic.people.guessing import TOO_MANY, Asker, give_back_all, take_all
from clinic.people.models import Clinic
from clinic.people.recent import has_just_signed_in
from clinic.text import one_line

THIS_MACHINE = "127.0.0.1"
TOLD_BY_NOTICES = "mfa/email/"


class AccountAdapter(DefaultAccountAdapter):
    """Users have given and family names; only the portal's own pages make accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This code is not right. Enter the one in our newest email, or have a new one sent"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """For people in a browser: a program could not show the clinic's words, nor make a profile."""
        return not is_headless_request(request)

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, *args: Any, **kwargs: Any
    ) -> AbstractBaseUser:
        for name in ("given_name", "family_name"):
            setattr(user, name, form.cleaned_data[name])
        return super().save_user(request, user, form, *args, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        """Whether `next` may lead there: our own pages only, never another host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings:index")

    # Mails

    def get_from_email(self) -> str:
        """The portal's address, under the clinic's name, as in all our mails."""
        clinic = Clinic.objects.order_by("pk").first()
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        return formataddr((one_line(clinic.name), address)) if clinic else settings.DEFAULT_FROM_EMAIL

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As allauth; but what a stranger has us write to an address is limited."""
        if not self.request.user.is_authenticated and not take_all(self.asker(self.request, email).letter()):
            raise ImmediateHttpResponse(respond_429(self.request))
        super().send_mail(template_prefix, email, context)

    def send_notification_mail(self, template_prefix: str, *args: Any, **kwargs: Any) -> None:
        """Changes of the second step are told by clinic.notices."""
        if not template_prefix.startswith(TOLD_BY_NOTICES):
            super().send_notification_mail(template_prefix, *args, **kwargs)

    # Who asks, and how often

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address; on a unix socket without a proxy before it, it is a program of this machine.

        Raises PermissionDenied where our proxies should have said it, and did not.
        """
        if not request.META.get("REMOTE_ADDR") and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            return THIS_MACHINE
        return super().get_client_ip(request)

    def asker(self, request: HttpRequest, email: str) -> Asker:
        return Asker(self.get_client_ip(request), device_of(request, email), email.lower())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Instead of allauth's limit by account, which a stranger could use up for its owner."""
        if not take_all(self.asker(request, credentials.get("email", "")).password()):
            raise self.validation_error(TOO_MANY)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user is not None:
            give_back_all(self.asker(request, credentials.get("email", "")).password())
        return user

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        if not is_headless_request(request):
            remember(request, response, user.email)  # type: ignore[attr-defined]
        return response

    # Signing in again before what is dangerous

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not right after signing in. Who has neither password nor second step cannot prove it: they sign in anew."""
        if not super().is_reauthentication_required(app=app, **kwargs) or has_just_signed_in(self.request.session):
            return False
        if not super().get_reauthentication_methods(self.request.user):
            raise ReauthenticationRequired
        return True

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        return [{"id": "sign-in-again", "description": _("Sign in again"), "url": reverse("sign-in-again")}]
