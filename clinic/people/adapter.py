"""How allauth makes users and writes addresses, where our way differs from its own."""

from email.utils import formataddr, parseaddr
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import is_headless_request
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.people.models import Clinic
from clinic.text import one_line


class AccountAdapter(DefaultAccountAdapter):
    """Users have given and family names; only the portal's own pages make accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """For people in a browser: a program could not show the clinic's words, nor make a profile."""
        return not is_headless_request(request)

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, *args: Any, **kwargs: Any
    ) -> AbstractBaseUser:
        for name in ("given_name", "family_name"):
            setattr(user, name, form.cleaned_data[name])
        return super().save_user(request, user, form, *args, **kwargs)

    def get_from_email(self) -> str:
        """The portal's address, under the clinic's name, as in all our mails."""
        clinic = Clinic.objects.order_by("pk").first()
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        return formataddr((one_line(clinic.name), address)) if clinic else settings.DEFAULT_FROM_EMAIL

    def is_safe_url(self, url: str) -> bool:
        """Whether `next` may lead there: our own pages only, never another host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("settings:index")
