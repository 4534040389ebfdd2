"""The CapabilityStatement, made from the tables that answer."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from .datatypes import R4, Json, lean
from .parameters import Parameter
from .resource import Resource, last_updated
from .resources import RESOURCES

PUBLISHED = "2026-11-21"  # when what is offered changed last


def capability_statement(base: str) -> Json:
    """What this server can do, for whoever asks at `base`."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "name": "ClinicPortal",
        "title": _("Clinic portal"),
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "software": {"name": "Clinic portal"},
        "implementation": {"description": _("A clinic portal's records, appointments and video visits"), "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": security(),
                "resource": [*(described(resource) for resource in RESOURCES.values()), binary()],
            }
        ],
    }


def security() -> Json:
    words = _(
        "Send a personal token as “Authorization: Bearer …”, made in the portal's settings for FHIR, or the session "
        "of allauth's app client as “X-Session-Token”. Everybody reads what the portal's pages show them; what is "
        "about patients goes on record."
    )
    return {"cors": bool(settings.CORS_ALLOWED_ORIGINS), "description": words}


def described(resource: Resource) -> Json:
    return lean(
        {
            "type": resource.type,
            "documentation": resource.about,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            **reading_only(),
            "searchInclude": resource.offered(),
            "searchRevInclude": resource.offered_reverse(),
            "searchParam": [parameter(resource, each) for each in all_parameters(resource)],
        }
    )


def binary() -> Json:
    words = _("The bytes of documents, under the same id: as they are, or as JSON to who asks for FHIR.")
    return {"type": "Binary", "documentation": words, "interaction": [{"code": "read"}], **reading_only()}


def reading_only() -> dict[str, Any]:
    return {
        "versioning": "no-version",
        "readHistory": False,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "local"],
    }


def all_parameters(resource: Resource) -> list[Any]:
    """With those that FHIR has for every type."""
    changed = [last_updated(resource.sources[0])] if resource.has_changes else []
    return [None, *changed, *resource.parameters]


def parameter(resource: Resource, each: Parameter | None) -> Json:
    if each is None:
        return {"name": "_id", "definition": f"{R4}/SearchParameter/Resource-id", "type": "token"}
    definition = f"{R4}/SearchParameter/{each.shared or f'{resource.type}-{each.name}'}"
    return {"name": each.name, "definition": definition, "type": each.kind}
