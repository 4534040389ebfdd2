"""The site that staff work on: Django's admin, behind the portal's own sign-in, with the desk as its first page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PortalAdminConfig(AdminConfig):
    """Puts PortalAdminSite in the place of Django's own site."""

    default_site = "clinic.admin.PortalAdminSite"


class Choices(AutocompleteJsonView):
    """What is found where one types to choose; people with what tells those of one name apart."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": getattr(obj, "unmistakable_name", str(obj))}


class PortalAdminSite(AdminSite):
    """One door: who is not signed in goes to the portal's sign-in page, who is no staff is refused."""

    site_header = _("Clinic administration")
    site_title = _("Clinic administration")
    index_title = _("At the desk")
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from clinic.desk import panels_for  # reads every app, and this is loaded before them

        user: Any = request.user  # staff: the site lets nobody else in
        now: Any = timezone.now()
        return super().index(request, {"panels": panels_for(user, now), "now": now, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        after = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Choices.as_view(admin_site=self)(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")
