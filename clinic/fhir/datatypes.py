"""The small parts that resources are made of, as dictionaries: codings, references, instants."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

Json = dict[str, Any]

HL7 = "http://terminology.hl7.org/CodeSystem"
R4 = "http://hl7.org/fhir"
UCUM = "http://unitsofmeasure.org"
LANGUAGES = "urn:ietf:bcp:47"
VIDEO = "http://hl7.org/fhir/5.0/StructureDefinition/extension-{type}.virtualService"  # R5's element, in R4
ONLINE_SERVICE = "540"  # HL7 has no code for telehealth


def own_system(name: str) -> str:
    """The address of a system of names that this portal gives. Opens nothing."""
    return f"{settings.PUBLIC_URL}/fhir/systems/{name}"


def lean(facts: Json) -> Json:
    """`facts` without what is empty: FHIR has neither null nor empty lists, words and objects."""
    return {name: value for name, value in facts.items() if value not in (None, "", [], {})}


def coding(system: str, code: str, display: Any = "") -> Json:
    return lean({"system": system, "code": code, "display": str(display)})


def concept(*codings: Json, text: str = "") -> Json:
    return lean({"coding": list(codings), "text": text})


def identifier(system: str, value: str) -> Json:
    return {"system": own_system(system), "value": value}


def reference(resource_type: str, name: str, display: str = "") -> Json:
    return lean({"reference": f"{resource_type}/{name}", "display": display})


def instant(at: datetime | None) -> str | None:
    """An aware instant to the millisecond, with its offset."""
    return at.isoformat(timespec="milliseconds") if at else None


def latest(*instants: datetime | None) -> datetime | None:
    """Of some instants, each of which may be missing, the last."""
    return max(filter(None, instants), default=None)


def period(start: datetime | None, end: datetime | None) -> Json:
    return lean({"start": instant(start), "end": instant(end)})


def number(value: Decimal) -> int | float:
    """As JSON has numbers: 1.000 is 1."""
    return int(value) if value == value.to_integral_value() else float(value)


def quantity(value: Decimal, unit: str) -> Json:
    return {"value": number(value), "unit": unit}


def days(count: int) -> Json:
    return {"value": count, "unit": "d", "system": UCUM, "code": "d"}


def spoken(language: str) -> Json:
    """A language as BCP 47 writes it: zh-Hans."""
    name, _dash, script = language.partition("-")
    return concept(coding(LANGUAGES, f"{name}-{script.title()}" if script else name))


def video_visit() -> Json:
    """What kind of service it is. HL7's nearest code, and our own beside it."""
    nearest = coding(f"{HL7}/service-type", ONLINE_SERVICE, "Online Service")
    return concept(nearest, coding(own_system("visit-mode"), "video"), text=gettext("Video visit"))


def meeting(resource_type: str, address: str) -> Json:
    """Where to meet by video: the page with the visit's door, which asks who comes."""
    parts = [
        {"url": "_datatype", "valueString": "VirtualServiceDetail"},
        {"url": "channelType", "valueCoding": coding(own_system("visit-mode"), "video")},
        {"url": "address", "valueUrl": settings.PUBLIC_URL + address},
    ]
    return {"url": VIDEO.format(type=resource_type), "extension": parts}
