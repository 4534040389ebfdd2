"""Medicine: one line of a prescription."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.forms import model_to_dict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clinic.crypto import EncryptedDecimalField, EncryptedIntegerField, EncryptedTextField
from prescriptions.amounts import amount
from prescriptions.controlled import is_controlled
from prescriptions.validators import (
    above_zero,
    at_most_a_year,
    at_most_twelve,
    no_hidden_characters,
    not_negative,
    one_line,
    validate_brand,
)

if TYPE_CHECKING:
    from clinic.people.models import Doctor

MEDICINE_LIMIT = 20  # on one prescription
LOOKED_BACK = 200  # lines in which a doctor's earlier medicines are sought
SUGGESTED = 30


class MedicineQuerySet(models.QuerySet["Medicine"]):
    def issued_by(self, doctor: "Doctor") -> "MedicineQuerySet":
        """What the doctor has prescribed, latest first."""
        return self.filter(prescription__doctor=doctor, prescription__issued_at__isnull=False).order_by(
            "-prescription__issued_at", "position"
        )

    def earlier_of(self, doctor: "Doctor") -> list["Medicine"]:
        """The doctor's own different medicines, each as it was written last, to be written again. By name."""
        different: dict[tuple[str, str, str], Medicine] = {}
        for medicine in self.issued_by(doctor)[:LOOKED_BACK]:
            different.setdefault(medicine.product_key, medicine)
        return sorted(list(different.values())[:SUGGESTED], key=lambda medicine: medicine.product_key)


class Medicine(models.Model):
    """A medicine with how it is taken and how much of it is dispensed; frozen with its prescription.

    Name is the common name (INN); units are in words, as the pharmacist reads them: "tablet", "ml".
    """

    prescription = models.ForeignKey(
        "prescriptions.Prescription", models.CASCADE, verbose_name=_("prescription"), related_name="medicines"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = EncryptedTextField(_("medicine"), max_length=200, validators=[one_line, no_hidden_characters])
    strength = EncryptedTextField(_("strength"), max_length=60, validators=[one_line, no_hidden_characters])
    form = EncryptedTextField(_("form"), max_length=60, validators=[one_line, no_hidden_characters])
    route = EncryptedTextField(_("route"), max_length=60, validators=[one_line, no_hidden_characters])
    dose = EncryptedDecimalField(_("dose"), max_digits=8, decimal_places=3, validators=[above_zero])
    dose_unit = EncryptedTextField(_("unit of the dose"), max_length=30, validators=[one_line, no_hidden_characters])
    frequency = EncryptedTextField(_("how often"), max_length=120, validators=[one_line, no_hidden_characters])
    duration_days = EncryptedIntegerField(
        _("for how many days"), null=True, blank=True, validators=[above_zero, at_most_a_year]
    )
    quantity = EncryptedDecimalField(_("quantity"), max_digits=8, decimal_places=3, validators=[above_zero])
    quantity_unit = EncryptedTextField(
        _("unit of the quantity"), max_length=30, validators=[one_line, no_hidden_characters]
    )
    refills = EncryptedIntegerField(_("repeats"), default=0, validators=[not_negative, at_most_twelve])
    instructions = EncryptedTextField(
        _("instructions"), max_length=500, blank=True, default="", validators=[no_hidden_characters]
    )
    substitution_allowed = models.BooleanField(_("the pharmacist may give an equal medicine"), default=True)
    brand = EncryptedTextField(
        _("brand"), max_length=120, blank=True, default="", validators=[one_line, no_hidden_characters]
    )
    brand_reason = EncryptedTextField(
        _("why this brand"), max_length=200, blank=True, default="", validators=[one_line, no_hidden_characters]
    )

    objects = MedicineQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
        constraints = [
            models.UniqueConstraint(fields=["prescription", "position"], name="medicine_position_once"),
        ]

    def __str__(self) -> str:
        return f"medicine {self.pk}"

    def clean(self) -> None:
        validate_brand(self.brand, self.brand_reason)

    @property
    def content(self) -> dict[str, Any]:
        """All that the line says, by field."""
        return model_to_dict(self, exclude=["id", "prescription", "position"])

    @property
    def product_key(self) -> tuple[str, str, str]:
        """What tells it from other medicines, however it was capitalised."""
        return self.name.casefold(), self.strength.casefold(), self.form.casefold()

    @property
    def is_controlled(self) -> bool:
        return is_controlled(f"{self.name} {self.brand}")

    @property
    def product(self) -> str:
        """ "500 mg, capsule" """
        return gettext("%(strength)s, %(form)s") % {"strength": self.strength, "form": self.form}

    @property
    def dosage(self) -> str:
        """ "1 capsule, by mouth, 3 times a day, for 7 days" """
        dose = amount(self.dose, self.dose_unit)
        parts = [dose, self.route, self.frequency]
        if self.duration_days:
            parts.append(
                ngettext("for %(days)s day", "for %(days)s days", self.duration_days) % {"days": self.duration_days}
            )
        return ", ".join(parts)

    @property
    def amount(self) -> str:
        """What is dispensed at a time: "21 capsules"."""
        return amount(self.quantity, self.quantity_unit)
