"""How drf-spectacular writes the OpenAPI document; clinic.api_schema has what it calls."""

DOCUMENT = {
    "TITLE": "Clinic portal",
    "DESCRIPTION": "Find a doctor, book, meet, and read prescriptions. Sign in with allauth's headless app client, or "
    "with a personal token. Every answer says in RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset how many "
    "calls are left, and for how many seconds.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "clinic.api_schema.as_meant",
        "clinic.api_schema.with_refusals",
        "clinic.api_schema.with_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Weekday": "appointments.models.Availability.Weekday",
        "Language": "clinic.people.languages.SPOKEN",
        "DeviceResult": "televisit.models.DeviceCheck.Result",
        "NoticeKind": "clinic.notices.choices.Kind",
        "AppointmentEventKind": "appointments.models.AppointmentEvent.Kind",
        "VisitEventKind": "televisit.models.VisitEvent.Kind",
        "MatchKind": "prescriptions.api.serializers.MATCH_KINDS",
        "AppointmentStatus": "appointments.models.choices.Status",
        "VisitStatus": "televisit.models.choices.Status",
        "ParticipantRole": "televisit.models.choices.Role",
        "GuestRole": "televisit.api.serializers.GUEST_ROLES",
        "PrescriptionStatus": "prescriptions.models.Prescription.Status",
    },
}
