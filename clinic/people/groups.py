"""The ready-made groups of staff, and what each may see and do in the admin and at the desk."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

KNOWS = ("view",)
KEEPS = ("view", "add", "change")
PLANS = ("view", "add", "change", "delete")


def may(verbs: tuple[str, ...], app: str, *models: str) -> set[str]:
    """Permissions such as "people.view_patient"."""
    return {f"{app}.{verb}_{model}" for verb in verbs for model in models}


RECEPTIONIST = {
    "people.work_at_desk",
    *may(KEEPS, "people", "patient", "representation"),
    *may(KNOWS, "people", "clinic", "doctor", "specialty"),
    *may(("view", "change"), "appointments", "appointment"),
    *may(KNOWS, "appointments", "availability", "closure", "oncall", "slot", "timeoff"),
    *may(KNOWS, "televisit", "visit"),
    *may(("view", "change"), "notices", "delivery"),
    *may(KNOWS, "notices", "notice", "reminder"),
    *may(KNOWS, "chat", "silentdoctor"),
}
MANAGER = {
    *RECEPTIONIST,
    *may(KEEPS, "people", "clinic", "doctor", "specialty", "user"),
    *may(PLANS, "appointments", "availability", "closure", "oncall", "timeoff"),
    *may(("view", "change"), "appointments", "slot"),
    *may(KNOWS, "prescriptions", "prescription"),
    *may(KEEPS, "televisit", "integration"),
    *may(KNOWS, "televisit", "webhookevent"),
}
OPERATOR = {
    *may(("view", "change"), "people", "user"),
    *may(KNOWS, "people", "clinic"),
    *may(("view", "change"), "notices", "delivery"),
    *may(("view", "change"), "televisit", "integration"),
    *may(KNOWS, "televisit", "webhookevent"),
    *may(("view", "change"), "django_celery_beat", "periodictask"),
    *may(KNOWS, "audit", "auditseal"),
}
AUDITOR = {*may(KNOWS, "audit", "auditentry", "auditseal"), *may(KNOWS, "people", "user")}
GROUPS = {"receptionist": RECEPTIONIST, "manager": MANAGER, "operator": OPERATOR, "auditor": AUDITOR}


def after_migrating(app_config: AppConfig, **signal: Any) -> None:
    """Receiver of post_migrate, for the last app: Django makes that one's permissions only after this."""
    create_permissions(app_config, verbosity=0)
    make_groups()


def make_groups() -> None:
    """See that the groups exist and may what they should. May run again: what was added to them stays."""
    permissions = Permission.objects.filter(wanted()).select_related("content_type")
    keys = {f"{each.content_type.app_label}.{each.codename}": each.pk for each in permissions}
    for name, names in GROUPS.items():
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.add(*(keys[each] for each in names if each in keys))


def wanted() -> Q:
    """The permissions that any of the groups has."""
    return Q(codename__in={name.partition(".")[2] for names in GROUPS.values() for name in names})
