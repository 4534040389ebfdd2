"""Medicine: one line of a prescription."""

from decimal import Decimal

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clinic.crypto import EncryptedDecimalField, EncryptedIntegerField, EncryptedTextField
from prescriptions.validators import (
    above_zero,
    at_most_a_year,
    at_most_twelve,
    no_hidden_characters,
    not_negative,
    one_line,
)

MEDICINE_LIMIT = 20  # on one prescription


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

    class Meta:
        ordering = ["position"]
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
        constraints = [
            models.UniqueConstraint(fields=["prescription", "position"], name="medicine_position_once"),
        ]

    def __str__(self) -> str:
        return f"medicine {self.pk}"

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


def amount(number: Decimal, unit: str) -> str:
    """ "0.5 tablet", without zeros at the end."""
    plain = f"{Decimal(number).normalize():f}"
    return f"{number_format(Decimal(plain))} {unit}"
