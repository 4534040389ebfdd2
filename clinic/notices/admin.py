from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.admin import ReadOnly
from clinic.people.admin.limits import OfOwnClinics, OfOwnClinicsOrNone

from .models import Delivery, Notice, Reminder
from .readers import address_of
from .tasks import deliver


class DeliveryInline(ReadOnly, admin.TabularInline):
    model = Delivery
    fields = ("channel", "status", "attempts", "problem", "sent_at")
    extra = 0


@admin.register(Notice)
class NoticeAdmin(ReadOnly, OfOwnClinicsOrNone, admin.ModelAdmin):
    """Who was told what, and whether they have seen it."""

    clinic_path = "appointment__clinic"
    list_display = ("kind", "side", "recipient", "appointment", "at", "read_at")
    list_filter = ("kind", "at")
    list_select_related = ("recipient", "appointment")
    search_fields = ("recipient__email", "recipient__family_name", "appointment__reference")
    date_hierarchy = "at"
    inlines = (DeliveryInline,)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, OfOwnClinicsOrNone, admin.ModelAdmin):
    """What left the portal and what did not."""

    clinic_path = "notice__appointment__clinic"
    list_display = ("notice", "recipient", "channel", "status", "attempts", "problem", "created_at", "sent_at")
    exclude = ("invitation",)
    list_filter = ("status", "channel", "notice__kind", "created_at")
    list_select_related = ("notice__recipient",)
    search_fields = ("notice__recipient__email", "notice__appointment__reference", "message_id")
    date_hierarchy = "created_at"
    actions = ("send_again",)

    @admin.display(description=_("recipient"))
    def recipient(self, delivery: Delivery) -> str:
        return address_of(delivery.notice)

    @admin.action(description=_("Send again what was given up, came back, or is in doubt"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        pks = Delivery.objects.filter(pk__in=queryset).start_over(at=timezone.now())
        for pk in pks:
            deliver.delay_on_commit(pk)
        words = ngettext("%(number)d delivery is sent again.", "%(number)d deliveries are sent again.", len(pks))
        self.message_user(request, words % {"number": len(pks)})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notices.change_delivery")


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, OfOwnClinics, admin.ModelAdmin):
    """When people are reminded."""

    clinic_path = "appointment__clinic"
    list_display = ("appointment", "due_at", "taken_at")
    list_filter = ("due_at",)
    list_select_related = ("appointment",)
    search_fields = ("appointment__reference",)
