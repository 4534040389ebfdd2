"""The document: its words, its structure, and that content is never read as markup."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from clinic.people.tests.factories import SpecialtyFactory
from prescriptions import pdf
from prescriptions.models import Prescription

from .factories import MEDICINE, PrescriptionFactory, issued

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def issue(**facts) -> Prescription:
    prescription = PrescriptionFactory(**facts)
    prescription.issue(by=prescription.doctor.user, at=NOW, reviewed=True)
    return prescription


def reader(prescription: Prescription) -> PdfReader:
    return PdfReader(BytesIO(prescription.pdf))


def text_of(prescription: Prescription) -> str:
    """The document's text in one line."""
    return " ".join(" ".join(page.extract_text() for page in reader(prescription).pages).split())


def test_it_names_both_parties_as_pharmacies_need_them():
    prescription = issue(
        appointment__patient__given_name="Ana María",
        appointment__patient__family_name="Sousa",
        appointment__patient__birth_date=date(1990, 5, 4),
        appointment__doctor__user__given_name="Amara",
        appointment__doctor__user__family_name="Osei",
        appointment__doctor__number="7654321",
        appointment__doctor__specialties=[SpecialtyFactory(name="General practice")],
        appointment__doctor__clinic__name="Harbour Clinic",
    )

    text = text_of(prescription)

    for words in [
        "Ana María Sousa",
        "Born 4 May 1990",
        "Age 36",
        "Dr Amara Osei",
        "Medical doctor, General practice",
        "Country Portugal",
        "Ordem dos Médicos, number 7654321",
        "Harbour Clinic",
        "1 Harbour Street, Lisbon",
        "+351 210 000 000",
        "desk@clinic.example",
    ]:
        assert words in text


def test_it_says_what_is_given_and_how_it_is_taken():
    other = {
        **MEDICINE,
        "name": "Ibuprofen",
        "dose": Decimal("0.500"),
        "duration_days": None,
        "refills": 2,
        "substitution_allowed": False,
    }
    prescription = issue(medicines=[MEDICINE, other], advice="Drink a lot.")

    text = text_of(prescription)

    for words in [
        "Amoxicillin 500 mg, capsule 1 capsule, by mouth, 3 times a day, for 7 days With food. 21 capsules 0",
        "Ibuprofen 500 mg, capsule 0.5 capsule, by mouth, 3 times a day With food. Substitution not allowed",
        "No further medicines",
        "Drink a lot.",
    ]:
        assert words in text


def test_it_bears_number_dates_code_and_page():
    prescription = issue(follow_up_on=date(2026, 12, 4))

    text = text_of(prescription)

    for words in [
        f"Number {prescription.reference}",
        "Issued 20 Nov 2026",
        "Valid until 20 Dec 2026",
        "Follow-up 4 Dec 2026",
        prescription.spelled_code,
        "Page 1 of 1",
    ]:
        assert words in text


def test_the_diagnosis_is_not_for_the_pharmacy():
    assert "bronchitis" not in text_of(issue(diagnosis="Acute bronchitis"))


def test_a_replacement_names_what_it_replaces():
    old = issued()
    draft = old.replace(by=old.doctor.user, at=NOW, reason="Dose")

    draft.issue(by=draft.doctor.user, at=NOW, reviewed=True)

    assert f"Replaces {old.reference}" in text_of(draft)


@pytest.mark.parametrize(
    "words",
    ['#read("/etc/passwd")', "*bold* _em_ $x$ `raw`", "\\ #sys.inputs <label> @ref", "= Heading", '"] #panic()'],
)
def test_markup_in_content_is_printed_as_it_was_typed(words):
    prescription = issue(medicines__name=words, advice=words)

    assert text_of(prescription).count(words) == 2


@pytest.mark.parametrize("words", ["Γεωργίου", "Ковалёва", "Țepeș-Łódź", "Nguyễn Thị", "Ĉiŝō"])
def test_other_alphabets_are_printed(words):
    assert words in text_of(issue(appointment__patient__family_name=words))


@pytest.mark.parametrize(
    ("words", "font"), [("خذ الدواء بعد الأكل", "Vazirmatn-Regular"), ("दवा खाने के बाद", "NotoSans-Regular")]
)
def test_complex_scripts_find_their_font(words, font):
    page = reader(issue(advice=words)).pages[0]

    fonts = {entry.get_object()["/BaseFont"].split("+")[1] for entry in page["/Resources"]["/Font"].values()}
    assert font in fonts


def test_letters_that_were_typed_in_two_parts_are_printed_as_one():
    assert "José" in text_of(issue(advice="Jose\u0301"))


def test_it_is_tagged_and_archivable():
    document = reader(issued())

    metadata = document.xmp_metadata.stream.get_data().decode()
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "en"
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def tags(element, found: list[str]) -> list[str]:
    """The names of a structure tree's tags, in order."""
    if isinstance(element, dict):
        found.append(str(element.get("/S", "")))
        tags(element["/K"].get_object() if "/K" in element else None, found)
    elif isinstance(element, list):
        for child in element:
            tags(child.get_object(), found)
    return found


def test_headings_table_and_picture_carry_their_tags():
    tree = reader(issued()).trailer["/Root"]["/StructTreeRoot"].get_object()

    found = tags(tree, [])

    assert found.count("/H1") == 1
    assert {"/H2", "/Table", "/THead", "/TH", "/TBody", "/TD", "/Figure"} <= set(found)


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_it_fits_the_clinics_paper(paper, width):
    page = reader(issue(appointment__doctor__clinic__paper=paper)).pages[0]

    assert round(page.mediabox.width) == width


def test_weight_and_brand_are_printed():
    prescription = issue(weight_kg="12.500", medicines__brand="Lantus", medicines__brand_reason="biological product")

    text = text_of(prescription)

    assert "Weight 12.5 kg" in text
    assert "Brand: Lantus, because: biological product" in text


def test_many_medicines_go_on_over_pages_with_their_heading():
    document = reader(issue(medicines=[{**MEDICINE, "instructions": "With food.\n" * 5}] * 20))

    texts = [page.extract_text() for page in document.pages]
    assert len(texts) > 1
    assert all("How to take" in text for text in texts[:-1])
    assert f"Page {len(texts)} of {len(texts)}" in texts[-1]


def test_the_qr_code_leads_to_the_verification_page(settings):
    settings.PUBLIC_URL = "https://clinic.example"
    prescription = issued()

    sheet = pdf.sheet(prescription)

    assert prescription.sealed_url.startswith(f"https://clinic.example/verify/{prescription.spelled_code}/#")
    assert sheet["qr"] == pdf.qr_code(prescription.sealed_url)
    assert sheet["labels"]["scan"] == "Check at clinic.example/verify/"


def test_what_is_printed_is_plain_data():
    sheet = pdf.sheet(issued())

    assert json.loads(json.dumps(sheet))["reference"] == sheet["reference"]
