"""The prescription as a PDF (PDF/A-2a, tagged as PDF/UA-1), set by Typst from typst/prescription.typ.

Content reaches Typst as data, never as markup: `sheet` says what is printed where.
"""

import json
import re
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import urlsplit

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.people.models import Clinic
from prescriptions.errors import CannotBePrinted

if TYPE_CHECKING:
    from prescriptions.models import Medicine, Prescription

FOLDER = Path(__file__).parent / "typst"
PAPERS: dict[str, str] = {Clinic.Paper.A4: "a4", Clinic.Paper.LETTER: "us-letter"}  # as Typst calls them
STANDARDS: list[Any] = ["a-2a", "ua-1"]
QR_MASK = 2  # any of the eight can be read; to choose the handsomest takes longer than the whole page
NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


def render(prescription: "Prescription") -> bytes:
    """The PDF of a prescription that is being issued. Raises CannotBePrinted."""
    try:
        return typst.compile(
            FOLDER / "prescription.typ",
            root=FOLDER,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"prescription": normalize("NFC", json.dumps(sheet(prescription), ensure_ascii=False))},
            pdf_standards=STANDARDS,
        )
    except typst.TypstError as error:
        missing = dict.fromkeys(NO_GLYPH.findall(error.diagnostic))
        if not missing:
            raise
        raise CannotBePrinted(" ".join(missing)) from error


@cache
def fonts() -> typst.Fonts:
    """The fonts that we ship, read once."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"])


def sheet(prescription: "Prescription") -> dict[str, Any]:
    """What is printed, in the order of the page. The parties as Directive 2012/52/EU, annex, asks for."""
    assert prescription.issued_at, "issue() has set it"
    clinic = prescription.appointment.clinic
    issued_on = prescription.local_date(prescription.issued_at)
    return {
        "paper": PAPERS[clinic.paper],
        "language": get_language() or settings.LANGUAGE_CODE,
        "title": _("Prescription %(reference)s") % {"reference": prescription.reference},
        "issued_on": {"year": issued_on.year, "month": issued_on.month, "day": issued_on.day},
        "clinic": {"name": clinic.name, "address": clinic.full_address, "phone": clinic.phone, "email": clinic.email},
        "reference": prescription.reference,
        "facts": dates(prescription, issued_on),
        "patient": {"name": prescription.patient.name, "facts": patient_facts(prescription, issued_on)},
        "doctor": doctor(prescription),
        "qr": qr_code(prescription.sealed_url),
        "code": prescription.spelled_code,
        "medicines": [line(medicine) for medicine in prescription.medicines.all()],
        "advice": prescription.advice.splitlines(),
        "labels": labels(),
    }


def dates(prescription: "Prescription", issued_on: date) -> list[tuple[str, str]]:
    replaced = prescription.replaces.reference if prescription.replaces else ""
    return filled(
        (_("Number"), prescription.reference),
        (_("Issued"), day(issued_on)),
        (_("Valid until"), day(prescription.valid_until)),
        (_("Follow-up"), day(prescription.follow_up_on)),
        (_("Replaces"), replaced),
    )


def patient_facts(prescription: "Prescription", issued_on: date) -> list[tuple[str, str]]:
    patient = prescription.patient
    return filled(
        (_("Born"), day(patient.birth_date)),
        (_("Age"), str(patient.age(issued_on))),
        (_("Weight"), prescription.weight),
    )


def doctor(prescription: "Prescription") -> dict[str, Any]:
    """The prescriber, who is reached through the clinic."""
    doctor, clinic = prescription.doctor, prescription.appointment.clinic
    registration = _("%(register)s, number %(number)s") % {"register": doctor.register, "number": doctor.number}
    facts = filled(
        (_("Qualification"), ", ".join([_("Medical doctor"), *(field.name for field in doctor.specialties.all())])),
        (_("Registered"), registration),
        (_("Region"), doctor.region if doctor.region != clinic.country_name else ""),
        (_("Phone"), clinic.phone),
        (_("E-mail"), clinic.email),
        (_("Address"), clinic.address),
        (_("Country"), clinic.country_name),
    )
    return {"name": doctor.name, "registration": registration, "facts": facts}


def filled(*facts: tuple[str, str]) -> list[tuple[str, str]]:
    """Those (label, text) pairs that have a text."""
    return [fact for fact in facts if fact[1]]


def line(medicine: "Medicine") -> dict[str, Any]:
    """One row of the table."""
    notes = medicine.instructions.splitlines()
    if medicine.brand:
        reasons = {"brand": medicine.brand, "reason": medicine.brand_reason}
        notes.append(_("Brand: %(brand)s, because: %(reason)s") % reasons)
    if not medicine.substitution_allowed:
        notes.append(_("Substitution not allowed"))
    return {
        "number": str(medicine.position),
        "name": medicine.name,
        "product": medicine.product,
        "dosage": medicine.dosage,
        "notes": notes,
        "quantity": medicine.amount,
        "refills": str(medicine.refills),
    }


def labels() -> dict[str, Any]:
    """The page's own words, in the reader's language."""
    return {
        "prescription": _("Prescription"),
        "page": _("Page {page} of {pages}"),
        "patient": _("Patient"),
        "prescriber": _("Prescriber"),
        "medicines": _("Medicines"),
        "columns": [_("No."), _("Medicine"), _("How to take"), _("Quantity"), _("Repeats")],
        "no_further": _("No further medicines"),
        "advice": _("Advice"),
        "signature": _("Issued electronically by the doctor named here, after signing in to the portal."),
        "legal": _(
            "Not a qualified electronic signature. The verification page shows whether this prescription is genuine "
            "and has not been revoked."
        ),
        "scan": _("Check at %(address)s") % {"address": verify_address()},
        "qr": _("QR code of the page that shows whether this prescription is genuine"),
    }


def verify_address() -> str:
    """Where the code can be typed, as people write addresses: "clinic.example.org/verify/"."""
    return urlsplit(settings.PUBLIC_URL).netloc + reverse("verify:form")


def qr_code(address: str) -> str:
    """`address` as a QR code, an SVG image."""
    image = BytesIO()
    segno.make_qr(address, error="m", mask=QR_MASK).save(image, kind="svg", xmldecl=False, border=0)
    return image.getvalue().decode()


def day(value: date | None) -> str:
    return date_format(value, "DATE_FORMAT") if value else ""
