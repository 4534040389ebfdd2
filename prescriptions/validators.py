"""What a prescription's words, numbers and dates may be. Model fields name these; forms and the API follow."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FURTHEST = timedelta(days=731)

# Controls but tab and line break; marks that override the direction of text, so that it reads otherwise than it is.
HIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"

no_hidden_characters = RegexValidator(
    HIDDEN,
    message=_("Remove the invisible characters. Typing the text anew helps."),
    code="hidden_characters",
    inverse_match=True,
)
one_line = RegexValidator(r"[\r\n\t]", message=_("Write this on one line."), code="several_lines", inverse_match=True)
above_zero = MinValueValidator(Decimal("0.001"), message=_("Enter a number above zero"))
not_negative = MinValueValidator(0, message=_("Enter 0 or more"))
at_most_500 = MaxValueValidator(Decimal(500), message=_("Enter at most 500 kg"))
at_most_a_year = MaxValueValidator(366, message=_("Enter at most 366 days"))
at_most_twelve = MaxValueValidator(12, message=_("Enter at most 12 repeats"))


def validate_coming_day(day: date) -> None:
    """`day` is today or later, and near enough not to be a slip of the pen."""
    today = timezone.localdate()
    if day < today:
        raise ValidationError(_("Enter today's date or a later one"), code="past")
    if day > today + FURTHEST:
        raise ValidationError(_("Enter a date within the next two years"), code="too_far")


def validate_brand(brand: str, reason: str) -> None:
    """A brand is prescribed only for a reason, which stands beside it: Directive 2012/52/EU, annex."""
    if brand and not reason:
        raise ValidationError({"brand_reason": _("Enter why it has to be this brand")}, code="brand_without_reason")
    if reason and not brand:
        raise ValidationError({"brand": _("Enter the brand, or take the reason away")}, code="reason_without_brand")
