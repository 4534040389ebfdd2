"""What rows of records were before they changed: kept by triggers of the database, whoever changes them and how.

The audit log says who did it, and when; these rows say what stood there. Nobody edits them.
"""

from typing import Any

import pghistory
from django.db import models

from clinic.crypto import EncryptedField

from .charts import Chart
from .history import Allergy, Condition, Medication
from .patients import Patient, Representation

TRACKED: tuple[type[models.Model], ...] = (Patient, Representation, Allergy, Condition, Medication, Chart)


def sealed_copies(model: type[models.Model]) -> dict[str, Any]:
    """The encrypted fields of `model`, for a table of copies: the values stay bound to where they come from."""
    fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedField)]
    return {each.name: copy_of(each) for each in fields}


def copy_of(field: EncryptedField) -> EncryptedField:
    _name, _path, args, options = field.deconstruct()
    return type(field)(*args, **{**options, "bound_to": field.place})


def changes_of(model: type[models.Model]) -> Any:
    """The table of what rows of `model` were: one row for each time that one was made, changed or deleted."""
    return pghistory.create_event_model(
        model,
        *(pghistory.InsertEvent("made"), pghistory.UpdateEvent("changed"), pghistory.DeleteEvent("deleted")),
        context_field=None,  # type: ignore[arg-type]  # it is what its docstring asks for
        obj_field=pghistory.ObjForeignKey(related_name="changes"),
        append_only=True,
        model_name=f"{model.__name__}Change",
        attrs=sealed_copies(model),
        abstract=False,
    )


PatientChange, RepresentationChange, AllergyChange, ConditionChange, MedicationChange, ChartChange = map(
    changes_of, TRACKED
)
