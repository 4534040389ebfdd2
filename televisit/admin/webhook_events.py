"""What video services have told us, for who looks into why somebody counts as there, or a message was lost."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.audit.admin import ReadOnly
from clinic.people.admin.limits import OfOwnClinics
from televisit import rooms
from televisit.models import WebhookEvent


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnly, OfOwnClinics, admin.ModelAdmin):
    """Each message as it was understood; of its words nothing is kept."""

    clinic_path = "integration__clinic"
    list_display = ("received_at", "at", "kind", "raw_kind", "service", "clinic", "visit", "person_uid")
    list_filter = ("kind", "integration__provider", "received_at")
    list_select_related = ("integration__clinic", "room__visit")
    search_fields = ("=room__visit__code", "=person_uid", "=room_name", "=key", "raw_kind")
    fields = readonly_fields = (
        "service",
        "clinic",
        "visit",
        "kind",
        "raw_kind",
        "room_name",
        "person_uid",
        "key",
        "at",
        "received_at",
    )

    @admin.display(description=_("video service"), ordering="integration__provider")
    def service(self, event: WebhookEvent) -> str:
        return rooms.label_of_provider(event.integration.provider)

    @admin.display(description=_("clinic"), ordering="integration__clinic")
    def clinic(self, event: WebhookEvent) -> str:
        return str(event.integration.clinic)

    @admin.display(description=_("visit"))
    def visit(self, event: WebhookEvent) -> str:
        """Its code; nothing for what is said of no room of ours."""
        return event.room.visit.spoken_code if event.room else ""
