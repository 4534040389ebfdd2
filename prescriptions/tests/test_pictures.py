"""The pages as pictures, in the scripts that we ship fonts for. A person has looked at the pictures in golden/.

A picture that is missing is drawn, and its test fails until somebody has looked at it and committed it.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from clinic.people.tests.factories import SpecialtyFactory
from prescriptions import pdf
from prescriptions.models import Prescription

from .factories import MEDICINE, PrescriptionFactory

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SCALE = 1.25  # 90 dots per inch
GREYS = 1.0  # of 255, on average: what another version of the renderer may change

SCRIPTS: dict[str, dict[str, Any]] = {
    "latin": {"patient": ("Nguyễn Thị", "Țepeș-Łódź"), "advice": "Beba muita água.\nOdpočívejte tři dny."},
    "cyrillic": {"patient": ("Мария", "Ковалёва"), "advice": "Пейте больше воды.\nНе садитесь за руль."},
    "greek": {"patient": ("Ελένη", "Γεωργίου"), "advice": "Πίνετε πολύ νερό.\nΜην οδηγείτε."},
    "arabic": {
        "patient": ("مريم", "الحداد"),
        "advice": "خذ الدواء بعد الأكل مرتين في اليوم (500 mg).\nلا تقد السيارة.",
    },
    "devanagari": {"patient": ("प्रिया", "शर्मा"), "advice": "दवा खाने के बाद दिन में दो बार लें।\nक्षेत्र, ज्ञान, श्री, हिन्दी।"},
    "letter": {"patient": ("Ana", "Sousa"), "advice": "Drink a lot.", "paper": "letter"},
}


def prescription_in(script: str) -> Prescription:
    facts = SCRIPTS[script]
    given, family = facts["patient"]
    draft = PrescriptionFactory(
        reference="7K3M2Q9A",
        code="7K3M2Q9AX4TBW5RC",
        advice=facts["advice"],
        weight_kg="61.5",
        follow_up_on=date(2026, 12, 4),
        appointment__patient__given_name=given,
        appointment__patient__family_name=family,
        appointment__doctor__user__given_name="Amara",
        appointment__doctor__user__family_name="Osei",
        appointment__doctor__number="7654321",
        appointment__doctor__specialties=[SpecialtyFactory(name="General practice")],
        appointment__doctor__clinic__name="Harbour Clinic",
        appointment__doctor__clinic__paper=facts.get("paper", "a4"),
        medicines=[
            {**MEDICINE, "instructions": facts["advice"]},
            {**MEDICINE, "name": "Insulin glargine", "brand": "Lantus", "brand_reason": "biological product"},
            {**MEDICINE, "name": '#read("/etc/passwd") *bold*', "substitution_allowed": False, "refills": 3},
        ],
    )
    draft.issue(by=draft.doctor.user, at=NOW, reviewed=True)
    return draft


@pytest.fixture
def same_code(monkeypatch, settings):
    """A QR code that is the same in each run."""
    settings.PUBLIC_URL = "https://clinic.example"
    draw = pdf.qr_code
    monkeypatch.setattr(pdf, "qr_code", lambda _address: draw("https://clinic.example/verify/#" + "x" * 240))


def picture_of(prescription: Prescription) -> Image.Image:
    page = pypdfium2.PdfDocument(prescription.pdf)[0]
    return page.render(scale=SCALE).to_pil().convert("L")


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_page_looks_as_it_did_when_somebody_looked(same_code, script):
    picture, file = picture_of(prescription_in(script)), GOLDEN / f"{script}.png"
    if not file.exists():
        GOLDEN.mkdir(exist_ok=True)
        picture.save(file, optimize=True)
        pytest.fail(f"{file} was drawn anew: look at it, and commit it.")

    golden = Image.open(file)

    assert picture.size == golden.size
    assert ImageStat.Stat(ImageChops.difference(picture, golden)).mean[0] < GREYS
