"""The seal in the QR code on paper: signed by us, for one code and exactly this content.

It travels in the fragment of the address, which browsers send to no server and logs never see.
"""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.forms import model_to_dict

from clinic import signing

if TYPE_CHECKING:
    from prescriptions.models import Prescription

PURPOSE = "prescription"
DIGEST_BYTES = 16


def seal(prescription: "Prescription") -> str:
    """The signed words for a prescription that is being issued."""
    return signing.sign({"code": prescription.code, "is": digest(prescription)}, purpose=PURPOSE)


def holds(token: str, prescription: "Prescription") -> bool:
    """Whether we signed `token` for this prescription as it stands."""
    try:
        return signing.verify(token, purpose=PURPOSE) == {"code": prescription.code, "is": digest(prescription)}
    except signing.BadToken:
        return False


def digest(prescription: "Prescription") -> str:
    """A hash of what a pharmacist goes by: for whom, from when to when, all medicines with all that is said of them."""
    content: dict[str, Any] = {
        "reference": prescription.reference,
        "patient": prescription.patient.uid,
        "doctor": prescription.doctor.pk,
        "issued_at": prescription.issued_at,
        "valid_until": prescription.valid_until,
        "weight_kg": prescription.weight_kg and f"{prescription.weight_kg.normalize():f}",
        "advice": prescription.advice,
        "medicines": [as_signed(medicine) for medicine in prescription.medicines.all()],
    }
    plain = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True).encode()
    return urlsafe_b64encode(sha256(plain).digest()[:DIGEST_BYTES]).decode().rstrip("=")


def as_signed(medicine: Any) -> dict[str, Any]:
    """The row's words and numbers, each number in one spelling."""
    facts = model_to_dict(medicine, exclude=["id", "prescription"])
    return facts | {name: f"{facts[name].normalize():f}" for name in ("dose", "quantity")}
