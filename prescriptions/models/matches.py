"""Names on a prescription that are on the patient's record too. Finding none says nothing about allergies."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from clinic.people.models import Patient
from prescriptions import names

if TYPE_CHECKING:
    from .medicine import Medicine

ALLERGY, MEDICINE = "allergy", "medicine"


@dataclass(frozen=True)
class Match:
    """A prescribed medicine, and the allergy or current medicine whose name is like it."""

    medicine: str
    kind: str  # ALLERGY or MEDICINE
    name: str

    def __str__(self) -> str:
        if self.kind == ALLERGY:
            words = gettext("%(medicine)s: an allergy on record is called “%(name)s”")
        else:
            words = gettext("%(medicine)s: a medicine taken now is called “%(name)s”")
        return words % asdict(self)


def find_matches(medicines: Iterable["Medicine"], patient: Patient) -> list[Match]:
    """Where names of the medicines and of the patient's record are alike."""
    recorded = [(ALLERGY, entry.name) for entry in patient.allergy_set.current()]
    recorded += [(MEDICINE, entry.name) for entry in patient.medication_set.current()]
    return [
        Match(medicine.name, kind, name)
        for medicine in medicines
        for kind, name in recorded
        if names.are_alike(f"{medicine.name} {medicine.brand}", name)
    ]


def state_of_record(patient: Patient) -> str:
    """What tells whether the patient's allergies and medicines are still those that somebody was shown."""
    allergies, medicines = (
        kind.current().order_by().values_list("uid", flat=True)
        for kind in (patient.allergy_set, patient.medication_set)
    )
    return sha256(" ".join(sorted(allergies.union(medicines))).encode()).hexdigest()


def as_stored(matches: Iterable[Match]) -> list[dict[str, Any]]:
    return [asdict(match) for match in matches]
