"""What every answer must fulfil: HL7's JSON schema of R4, and what that does not say."""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator

SCHEMA = Path(__file__).with_name("r4.schema.json")
MEMBERS = {  # of code systems that are larger or looser bound than the schema knows
    "http://terminology.hl7.org/CodeSystem/service-type": {"540"},
    "http://terminology.hl7.org/CodeSystem/v3-ActCode": {"VR"},
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType": {"PPRF", "PART"},
    "http://terminology.hl7.org/CodeSystem/participant-type": {"translator"},
    "http://terminology.hl7.org/CodeSystem/v2-0276": {"ROUTINE", "FOLLOWUP", "EMERGENCY"},
    "http://terminology.hl7.org/CodeSystem/v2-0203": {"MD"},
    "http://terminology.hl7.org/CodeSystem/practitioner-role": {"doctor"},
    "http://terminology.hl7.org/CodeSystem/organization-type": {"prov"},
    "http://terminology.hl7.org/CodeSystem/medicationrequest-category": {"outpatient"},
    "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason": {
        "pat", "pat-fb", "pat-ucp", "oth-oerr", "prov", "other",
    },
    "http://loinc.org": {"57833-6"},
}  # fmt: skip
ISSUES = {
    "invalid", "login", "forbidden", "not-found", "not-supported", "conflict", "too-long", "expired", "throttled",
    "exception", "processing",
}  # fmt: skip
TARGETS = {
    "subject": {"Patient"},
    "slot": {"Slot"},
    "schedule": {"Schedule"},
    "appointment": {"Appointment"},
    "individual": {"Practitioner", "RelatedPerson"},
    "encounter": {"Encounter"},
    "requester": {"Practitioner"},
    "serviceProvider": {"Organization"},
    "organization": {"Organization"},
    "practitioner": {"Practitioner"},
}
NEEDS_NO_TIME = {"proposed", "cancelled", "waitlist"}


@cache
def validator(resource_type: str) -> Draft6Validator:
    schema = json.loads(SCHEMA.read_text())
    return Draft6Validator({**schema, "$ref": f"#/definitions/{resource_type}"})


def check(resource: Any) -> Any:
    """The resource, if it is right FHIR; fails in words if not."""
    wrong = [f"{'.'.join(map(str, fault.absolute_path))}: {fault.message[:300]}" for fault in faults(resource)]
    assert not wrong, wrong
    for part in parts(resource):
        check_part(part)
    CHECKS.get(resource["resourceType"], lambda _resource: None)(resource)
    return resource


def faults(resource: Any) -> list[Any]:
    """What HL7's schema says; of each entry of a bundle against its own type, which says more clearly what is wrong."""
    entries = [entry["resource"] for entry in resource.get("entry", [])]
    found = list(validator(resource["resourceType"]).iter_errors(without_entries(resource)))
    return found + [fault for entry in entries for fault in validator(entry["resourceType"]).iter_errors(entry)]


def without_entries(resource: Any) -> Any:
    bare = [{name: value for name, value in entry.items() if name != "resource"} for entry in resource.get("entry", [])]
    return {**resource, "entry": bare} if bare else resource


def parts(value: Any) -> Any:
    """Every object in it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for each in inner:
        yield from parts(each)


def check_part(part: dict[str, Any]) -> None:
    assert not [name for name, value in part.items() if value in (None, "", [], {})], part
    if part.get("system") in MEMBERS and "code" in part:
        assert part["code"] in MEMBERS[part["system"]], part
    for name, types in TARGETS.items():
        for each in part[name] if isinstance(part.get(name), list) else [part.get(name)]:
            if isinstance(each, dict) and "reference" in each:
                assert each["reference"].split("/")[-2] in types, (name, each)
    for extension in part.get("extension", []):
        values = [name for name in extension if name.startswith("value")]
        assert bool(values) != bool(extension.get("extension")), extension  # ext-1


def check_appointment(resource: dict[str, Any]) -> None:
    """HL7's app-1 to app-4."""
    assert all("type" in each or "actor" in each for each in resource["participant"])
    assert ("start" in resource) == ("end" in resource)
    assert "start" in resource or resource["status"] in NEEDS_NO_TIME
    assert "cancelationReason" not in resource or resource["status"] in {"cancelled", "noshow"}


def check_encounter(resource: dict[str, Any]) -> None:
    """A history without gaps, of other statuses than that which follows."""
    steps = resource.get("statusHistory", [])
    assert all(step["period"]["end"] == later["period"]["start"] for step, later in pairwise(steps))
    statuses = [*(step["status"] for step in steps), resource["status"]]
    assert all(before != after for before, after in pairwise(statuses))
    assert ("period" in resource) == ("in-progress" in statuses)


def check_bundle(resource: dict[str, Any]) -> None:
    """HL7's rules of searchsets: one self, whole addresses, nothing twice."""
    assert resource["type"] == "searchset"
    relations = [link["relation"] for link in resource["link"]]
    assert relations in (["self"], ["self", "next"])
    entries = resource.get("entry", [])
    for entry in entries:
        own = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert re.fullmatch(rf"https?://.+/fhir/R4/{re.escape(own)}", entry["fullUrl"])
        assert entry["search"]["mode"] in {"match", "include"}
        check(entry["resource"])
    assert len({entry["fullUrl"] for entry in entries}) == len(entries)


def check_outcome(resource: dict[str, Any]) -> None:
    assert {issue["code"] for issue in resource["issue"]} <= ISSUES


CHECKS: dict[str, Any] = {
    "Appointment": check_appointment,
    "Encounter": check_encounter,
    "Bundle": check_bundle,
    "OperationOutcome": check_outcome,
}
