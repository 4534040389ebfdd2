from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.audit.admin import ReadOnly
from clinic.people.models import Doctor
from clinic.people.permissions import in_own_clinics

from .models.answers import with_unread


class SilentDoctor(Doctor):
    """A suspended doctor to whom patients wrote; the clinic sees how many messages wait, and none of them."""

    class Meta:
        proxy = True
        verbose_name = _("suspended doctor with unread messages")
        verbose_name_plural = _("unread messages of suspended doctors")


@admin.register(SilentDoctor)
class SilentDoctorAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "clinic", "unread", "since")
    search_fields = ("user__family_name", "user__given_name")
    list_display_links = None
    list_select_related = ("user", "clinic")

    def get_queryset(self, request: Any) -> Any:
        suspended = in_own_clinics(SilentDoctor.objects.in_state(Doctor.State.SUSPENDED), request.user)
        return with_unread(suspended)

    @admin.display(description=_("unread messages"))
    def unread(self, doctor: Any) -> int:
        return doctor.unread

    @admin.display(description=_("the newest"))
    def since(self, doctor: Any) -> Any:
        return doctor.since
