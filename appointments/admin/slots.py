from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments.models import Slot
from clinic.audit.admin import AuditedAdmin
from clinic.errors import RuleViolation
from clinic.people.admin.limits import OfOwnClinics

PARTY_SEARCH = ("doctor__user__family_name", "doctor__user__given_name", "doctor__user__email")


class MovesByMethodsAdmin(AuditedAdmin):
    """Rows that staff read, and move by actions only: each action goes through the model's own rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For the actions of the list. On the page of one row there is nothing to save."""
        return obj is None and super().has_change_permission(request)

    def do_to_each(self, request: HttpRequest, rows: QuerySet[Any], act: Callable[[Any], None], done: Callable) -> None:
        """Do `act` to each row, say which ones the rules refuse and why, and how many are `done`."""
        count = 0
        for row in rows:
            try:
                act(row)
                count += 1
            except RuleViolation as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
        if count:
            self.message_user(request, done(count), messages.SUCCESS)


@admin.register(Slot)
class SlotAdmin(OfOwnClinics, MovesByMethodsAdmin):
    """The times that are offered. They come from the hours; staff may take one back."""

    clinic_path = "doctor__clinic"
    list_display = ("starts_at", "doctor", "status", "is_single")
    list_filter = ("status", "doctor__clinic", "is_single")
    list_select_related = ("doctor__user",)
    search_fields = PARTY_SEARCH
    date_hierarchy = "starts_at"
    actions = ["withdraw"]

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, slots: QuerySet[Slot]) -> None:
        self.do_to_each(
            request,
            slots,
            lambda slot: slot.withdraw(),
            lambda n: ngettext("%d time withdrawn.", "%d times withdrawn.", n) % n,
        )
