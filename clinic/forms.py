"""How forms look (templates/django/forms), and the fields that several apps share."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

OLDEST_BIRTH = date(1890, 1, 1)


class PortalBoundField(BoundField):
    """A field in its form: its control has the class "input" and no placeholder."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if getattr(widget, "input_type", "") not in {"checkbox", "radio", "hidden"}:
            attrs["class"] = " ".join(filter(None, ["input", widget.attrs.get("class")]))
            attrs["placeholder"] = False  # the label says it, and stays
        return attrs

    @property
    def first_control_id(self) -> str:
        """Where a link to this field leads: the control, or the first of several."""
        return f"{self.auto_id}_0" if self.use_fieldset else str(self.id_for_label)


class PortalRenderer(TemplatesSetting):
    """FORM_RENDERER: our field template for every form, without the class being named in each."""

    bound_field_class = PortalBoundField


class DateInput(forms.DateInput):
    """The browser's own date control, for dates near today."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time control, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class BirthDateWidget(forms.MultiWidget):
    """Day, month and year as three short text inputs."""

    template_name = "django/forms/widgets/birth_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        parts: dict[str, Any] = {
            part: forms.TextInput({"inputmode": "numeric", "autocomplete": f"bday-{part}"})
            for part in ("day", "month", "year")
        }
        super().__init__(parts, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class BirthDateField(forms.MultiValueField):
    """A date of birth: a real date, not to come, and since 1890."""

    widget = BirthDateWidget
    default_error_messages: ClassVar = {
        "required": _("Enter the date of birth, like 27 3 1954"),
        "invalid": _("Enter a real date of birth, like 27 3 1954"),
        "future": _("The date of birth must be in the past"),
        "too_old": _("Enter the year of birth with four digits, like 1954"),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Date of birth"))
        options.setdefault("help_text", _("For example, 27 3 1954"))
        invalid = {"invalid": self.default_error_messages["invalid"]}
        super().__init__([forms.IntegerField(error_messages=invalid) for _part in range(3)], **options)

    def compress(self, parts: list[Any]) -> date | None:
        if not parts:
            return None
        try:
            born = date(*reversed(parts))
        except (TypeError, ValueError, OverflowError) as impossible:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from impossible
        if born > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        if born < OLDEST_BIRTH:
            raise ValidationError(self.error_messages["too_old"], code="too_old")
        return born
