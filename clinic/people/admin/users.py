from typing import Any

from allauth.account.admin import EmailAddress
from allauth.account.decorators import reauthentication_required
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.admin import AuditedAdmin, ReadOnly
from clinic.people.models import User
from clinic.people.sessions import end_sessions_of, shut_out

CHOICES = "admin:autocomplete"
POWERS = ("is_staff", "is_superuser", "groups", "clinics", "user_permissions")

admin.site.unregister([Authenticator, EmailAddress, UserSession])  # shown with their user, or not at all


class EmailAddressInline(ReadOnly, admin.TabularInline):
    """Which addresses were proven by a code."""

    model = EmailAddress
    fields = ("email", "verified", "primary")
    readonly_fields = fields
    extra = 0


@admin.register(User)
class UserAdmin(AuditedAdmin):
    """Who may sign in. A new user needs no password: the first sign-in is by e-mailed code."""

    actions = ["sign_out"]
    inlines = (EmailAddressInline,)
    list_display = (
        *("email", "given_name", "family_name", "is_active", "is_staff", "last_login"),
        *("email_bounced_at", "phone_failed_at"),
    )
    list_filter = (
        *("is_active", "is_staff", "groups"),
        ("email_bounced_at", admin.EmptyFieldListFilter),
        ("phone_failed_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("family_name", "given_name", "email")
    ordering = ("email",)
    filter_horizontal = ("groups", "clinics", "user_permissions")
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("email", "given_name", "family_name", "phone", "zone", "is_active")}),
        (_("Reached"), {"fields": ("email_bounced_at", "phone_failed_at")}),
        (_("Rights"), {"fields": POWERS}),
        (_("Dates"), {"fields": ("date_joined", "last_login")}),
    )
    readonly_fields = ("date_joined", "last_login", "email_bounced_at", "phone_failed_at")

    def get_queryset(self, request: Any) -> QuerySet[User]:
        """Who is limited to some clinics sees who works there, and who works nowhere: patients are known to all."""
        users, clinics = super().get_queryset(request), request.user.clinic_limit
        if not clinics:
            return users
        staff = User.clinics.through.objects.filter(clinic__in=clinics).values("user")
        nowhere = Q(is_staff=False, doctor__isnull=True)
        return users.filter(nowhere | Q(doctor__clinic__in=clinics) | Q(pk__in=staff))

    def has_view_permission(self, request: Any, obj: User | None = None) -> bool:
        """Who enters whose account a record is, or who acts for whom, chooses from all by name, and opens no page."""
        chooses = request.resolver_match.view_name == CHOICES and request.user.has_perm("people.add_representation")
        return chooses or super().has_view_permission(request, obj)

    def has_change_permission(self, request: Any, obj: User | None = None) -> bool:
        """A superuser is changed by superusers only: others could shut them all out."""
        above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return super().has_change_permission(request, obj) and not above

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only superusers hand out rights. The address of an account stays: changed here, it would change hands."""
        fixed = self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *POWERS)
        return fixed if obj is None else ("email", *fixed)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "user_permissions":
            options["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **options)

    @method_decorator(reauthentication_required(allow_get=True))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Rights are handed out by who has signed in just now."""
        return super().changeform_view(request, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: Any) -> Any:
        user = super().save_form(request, form, change)
        if not change:
            user.set_unusable_password()
        return user

    def save_model(self, request: HttpRequest, obj: User, form: Any, *args: Any) -> None:
        super().save_model(request, obj, form, *args)
        if "is_active" in form.changed_data and not obj.is_active:
            shut_out(obj)

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        own = [user for user in users if self.has_change_permission(request, user)]
        for user in own:
            end_sessions_of(user)
            self.log_change(request, user, "Signed out.")
        done = ngettext("%d user was signed out.", "%d users were signed out.", len(own)) % len(own)
        self.message_user(request, done)
