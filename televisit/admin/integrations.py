"""Setting up a video service in four steps: choose, credentials, options, test."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.admin import AuditedAdmin
from clinic.errors import RuleViolation
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Clinic
from clinic.people.permissions import in_own_clinics
from televisit import rooms
from televisit.models import Integration
from televisit.providers import PROVIDERS, Provider

from .integration_forms import ChooseForm, CredentialsForm, OptionsForm, options_of

STEP_TEMPLATE = "admin/televisit/integration/step.html"
TEST_TEMPLATE = "admin/televisit/integration/test.html"
STEPS = {"choose": _("Choose"), "credentials": _("Credentials"), "options": _("Options"), "test": _("Test")}


@admin.register(Integration)
class IntegrationAdmin(OfOwnClinics, AuditedAdmin):
    """The contracts of clinics with video services. Keys go in and never come out."""

    list_display = ("service", "clinic", "order", "is_active", "state", "failures")
    list_display_links = ("service",)
    list_filter = ("clinic", "is_active")
    list_select_related = ("clinic",)
    search_fields = ("clinic__name", "provider", "uid")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Integration]:
        day = timezone.now() - timedelta(days=1)
        failed = Q(rooms__closed_at__gt=day) & ~Q(rooms__problem="")
        return super().get_queryset(request).annotate(failed_rooms=Count("rooms", filter=failed))

    @admin.display(description=_("video service"), ordering="provider")
    def service(self, integration: Integration) -> str:
        return rooms.label_of_provider(integration.provider)

    @admin.display(description=_("connection"))
    def state(self, integration: Integration) -> str:
        if integration.tested_at is None:
            return str(_("Not tested yet"))
        return integration.problem or str(_("Works"))

    @admin.display(description=_("failed visits in a day"))
    def failures(self, integration: Any) -> int:
        return integration.failed_rooms

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        steps = [
            path("add/credentials/", view(self.add_credentials), name="televisit_integration_new"),
            path("<int:pk>/credentials/", view(self.credentials), name="televisit_integration_credentials"),
            path("<int:pk>/options/", view(self.options), name="televisit_integration_options"),
        ]
        return [*steps, *super().get_urls()]

    # The steps

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Step 1. Nothing is kept of it: the next page's address has what was chosen."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self.choice(request) if request.GET else ChooseForm(clinics=self.clinics(request))
        return self.page(request, "choose", form=form, to=reverse("admin:televisit_integration_new"), method="get")

    def add_credentials(self, request: HttpRequest) -> HttpResponse:
        """Step 2 of a new one, which is made here, and is not in use yet."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        choice = self.choice(request)
        if not choice.is_valid():
            to = reverse("admin:televisit_integration_new")
            return self.page(request, "choose", form=choice, to=to, method="get")
        new = Integration(clinic=choice.cleaned_data["clinic"], provider=choice.cleaned_data["provider"])
        form = CredentialsForm(request.POST or None, service=PROVIDERS[new.provider], integration=None)
        if not form.is_valid():
            return self.page(request, "credentials", form=form, integration=new)
        new.keep_credentials(form.credentials, **form.place)
        self.log_addition(request, new, [{"added": {}}])
        return redirect("admin:televisit_integration_options", new.pk)

    def credentials(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Step 2 of one that there is: its keys change, and are used from the next call on."""
        integration = self.get_own(request, pk)
        form = CredentialsForm(request.POST or None, service=self.service_of(integration), integration=integration)
        if not form.is_valid():
            return self.page(request, "credentials", form=form, integration=integration)
        integration.keep_credentials(form.credentials, **form.place)
        self.log_change(request, integration, [{"changed": {"fields": [str(_("credentials"))]}}])
        return redirect("admin:televisit_integration_change", pk)

    def options(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Step 3."""
        integration = self.get_own(request, pk)
        form = OptionsForm(request.POST or None, service=self.service_of(integration), instance=integration)
        if not form.is_valid():
            return self.page(request, "options", form=form, integration=integration)
        form.save()
        self.log_change(request, integration, [{"changed": {"fields": [str(_("options"))]}}])
        return redirect("admin:televisit_integration_change", pk)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Step 4, and where everything of an integration is found afterwards."""
        integration = self.get_own(request, object_id, to_look=request.method != "POST")
        if request.method == "POST":
            self.act(request, integration)
            return redirect("admin:televisit_integration_change", integration.pk)
        return self.page(request, "test", integration=integration, **facts_of(integration))

    def act(self, request: HttpRequest, integration: Integration) -> None:
        """Test the connection, or take the service into use or out of it."""
        if "test" in request.POST:
            rooms.try_out(integration, at=timezone.now())
            return
        try:
            integration.switch(on="on" in request.POST)
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        else:
            self.log_change(request, integration, [{"changed": {"fields": [str(_("in use"))]}}])

    # What the steps share

    def choice(self, request: HttpRequest) -> ChooseForm:
        return ChooseForm(request.GET, clinics=self.clinics(request))

    def clinics(self, request: Any) -> QuerySet[Clinic]:
        return in_own_clinics(Clinic.objects.all(), request.user, "pk")

    def service_of(self, integration: Integration) -> type[Provider]:
        if integration.provider not in PROVIDERS:
            raise Http404
        return PROVIDERS[integration.provider]

    def get_own(self, request: HttpRequest, pk: Any, *, to_look: bool = False) -> Integration:
        """One of the clinics for which the reader works; for who may change it, or look at it."""
        if not (str(pk).isdecimal() and len(str(pk)) < 19):
            raise Http404
        integration = get_object_or_404(self.get_queryset(request), pk=pk)
        may = self.has_view_permission if to_look else self.has_change_permission
        if not may(request, integration):
            raise PermissionDenied
        return integration

    def page(
        self, request: HttpRequest, step: str, *, integration: Integration | None = None, **context: Any
    ) -> HttpResponse:
        form: BaseForm | None = context.get("form")
        facts = {
            **self.admin_site.each_context(request),
            "title": _("Video service"),
            "opts": self.opts,
            "steps": STEPS,
            "step": step,
            "integration": integration,
            "service": self.service(integration) if integration else "",
            "can_change": self.has_change_permission(request, integration),
        }
        status = 400 if form is not None and form.is_bound and form.errors else 200
        template = TEST_TEMPLATE if step == "test" else STEP_TEMPLATE
        return TemplateResponse(request, template, {**facts, **context}, status=status)


def facts_of(integration: Integration) -> dict[str, Any]:
    """What is shown of an integration: nothing that is secret."""
    service = PROVIDERS.get(integration.provider)
    kwargs = {"provider": integration.provider, "integration": integration.uid}
    tells = service is not None and service.parse_webhook is not Provider.parse_webhook
    shown = [field for field in service.credential_fields if not field.is_secret] if service else []
    offered = options_of(service) if service else {}
    return {
        "keys": [(field.label, integration.credentials.get(field.name, "")) for field in shown],
        "region": service.regions.get(integration.region, integration.region) if service else "",
        "chosen": [label for name, label in offered.items() if integration.options.get(name)],
        "webhook_url": settings.PUBLIC_URL + reverse("api:video-webhook", kwargs=kwargs) if tells else "",
        "puts_people_out": service is not None and service.puts_people_out,
    }
