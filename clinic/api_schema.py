"""What the OpenAPI document says of every call beside what its view says: how refusals look, and an example.

The functions are in SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"].
"""

from collections.abc import Iterable, Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

Schema = dict[str, Any]
JSON = "application/json"

REFUSAL = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string", "description": "For programs; it stays as it is."},
        "detail": {"type": "string", "description": "For people."},
    },
    "example": {"code": "slot_taken", "detail": "This time has just been taken. Choose another one."},
}
FIELD_ERRORS = {
    "type": "object",
    "description": "For each field what is wrong with it; nested like the body.",
    "additionalProperties": True,
    "example": {"symptoms": ["This field may not be blank."]},
}
REFUSALS = {
    "400": ("BadRequest", "The body or the address is malformed."),
    "401": ("Unauthorized", "Nobody is signed in, or the token is wrong, over or revoked."),
    "403": ("Forbidden", "The caller may know of it, but not do this; or the token is not made for it."),
    "404": ("NotFound", "It does not exist, or the caller may not know of it."),
    "409": ("Conflict", "It is not possible now."),
    "412": ("PreconditionFailed", "It was changed since it was read."),
    "415": ("UnsupportedMediaType", "The body is of a type that this call does not take."),
    "428": ("PreconditionRequired", "The change does not say what was read."),
    "429": ("TooManyRequests", "Too many calls; `Retry-After` says for how many seconds to wait."),
}
WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
WORDS = {  # examples of strings, by the member's name
    "reference": "K7F3QX2M",
    "appointment": "K7F3QX2M",
    "appointment_id": "K7F3QX2M",
    "code": "K7F3QX2M9D4T",
    "doctor": "amara-osei",
    "slug": "amara-osei",
    "zone": "Europe/Lisbon",
    "language": "pt",
    "clinic": "harbour-clinic",
    "specialty": "cardiology",
    "phone": "+351 912 345 678",
    "callback": "+351 912 345 678",
    "birth_date": "1954-03-27",
    "place": "5 Harbour Street, Lisbon",
    "symptoms": "Dizzy when I stand up, for about a week",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "token": "clinic_5xZ…",
}
FORMATS = {
    "date-time": "2026-11-20T09:30:00Z",
    "date": "2026-11-20",
    "email": "name@example.org",
    "uri": "https://clinic.example.org/",
    "binary": "",
    "decimal": "1.5",
}
WALL_CLOCK = r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
EMPTY = {"type": "string", "maxLength": 0}
DEEPEST = 6


class SessionTokenScheme(OpenApiAuthenticationExtension):
    """How the document says that programs sign in. Importing it registers it."""

    target_class = "clinic.api.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "apiKey", "in": "header", "name": "X-Session-Token"}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "clinic.api.TokenAuthentication"
    name = "personalToken"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer", "description": "Made under /settings/tokens/."}


def with_refusals(result: Schema, **kwargs: Any) -> Schema:
    """Hook: every call names the refusals that it may answer with."""
    components = result["components"]
    components["schemas"] |= {"Refusal": REFUSAL, "FieldErrors": FIELD_ERRORS}
    components["responses"] = {name: refusal(status, words) for status, (name, words) in REFUSALS.items()}
    for method, operation in operations(result):
        for status in refusals_of(method, operation):
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{REFUSALS[status][0]}"})
        operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def refusal(status: str, words: str) -> Schema:
    shape: Schema = {"$ref": "#/components/schemas/Refusal"}
    if status == "400":
        shape = {"anyOf": [shape, {"$ref": "#/components/schemas/FieldErrors"}]}
    headers = {"headers": WAIT} if status == "429" else {}
    return {"description": words, "content": {JSON: {"schema": shape}}, **headers}


def refusals_of(method: str, operation: Schema) -> set[str]:
    """The statuses with which a call may be refused."""
    found = {"400", "404", "429"}
    if any(operation.get("security", [])):  # not so where nobody is asked who they are
        found |= {"401", "403"}
    if method != "get":
        found |= {"409"}
    if "requestBody" in operation:
        found |= {"415"}
    if any(each["name"] == "If-Match" for each in operation.get("parameters", [])):
        found |= {"412", "428"}
    return found


def as_meant(result: Schema, **kwargs: Any) -> Schema:
    """Hook: what the stock document says of our strings, and they do not keep.

    Patterns that are not bound to the start say what must not be there; a wall clock's time has no offset; the empty
    text may be allowed twice, by itself and among others.
    """
    for text in strings_in(result["components"]["schemas"]):
        if "oneOf" in text:
            text["anyOf"] = text.pop("oneOf")
        if not text.get("pattern", "^").startswith("^"):
            text["not"] = {"pattern": text.pop("pattern")}
        if text.get("format") == "time":
            text |= {"format": "wall-clock", "pattern": WALL_CLOCK, "example": "09:30"}
    return result


def strings_in(part: Any) -> Iterator[Schema]:
    """Every shape of a string inside `part`, inner ones after what holds them."""
    members: Iterable[Any] = part
    if isinstance(part, dict):
        members = list(part.values())
        if "string" in (part.get("type") or ()) or EMPTY in part.get("oneOf", ()):
            yield part
    if isinstance(part, dict | list):
        for member in members:
            yield from strings_in(member)


def with_examples(result: Schema, **kwargs: Any) -> Schema:
    """Hook: every JSON body and answer has an example of its shape."""
    shapes = result["components"]["schemas"]
    for _method, operation in operations(result):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = part.get("content", {}).get(JSON)
            if content is not None:
                content.setdefault("example", example_of(content["schema"], shapes))
    return result


def operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for methods in document["paths"].values():
        yield from methods.items()


def example_of(schema: Schema, shapes: Schema, *, name: str = "", depth: int = 0) -> Any:
    """A value of the shape, in the words of a clinic; `name` is that of the member."""
    if "$ref" in schema:
        return example_of(shapes[schema["$ref"].rpartition("/")[2]], shapes, name=name, depth=depth)
    for told in ("example", "const", "default"):
        if schema.get(told) not in (None, "", []):
            return schema[told]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in (*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])):
        if choice != {"type": "null"}:
            return example_of(choice, shapes, name=name, depth=depth)
    return plain_example(schema, shapes, name=name, depth=depth)


def plain_example(schema: Schema, shapes: Schema, *, name: str, depth: int) -> Any:
    types = schema.get("type", "object")
    main = types if isinstance(types, str) else next(each for each in types if each != "null")
    if main == "object":
        members = schema.get("properties", {}) if depth < DEEPEST else {}
        return {key: example_of(member, shapes, name=key, depth=depth + 1) for key, member in members.items()}
    if main == "array":
        return [example_of(schema["items"], shapes, name=name, depth=depth + 1)]
    if main == "string":
        return string_example(schema, name)
    return {"boolean": True, "integer": max(1, schema.get("minimum", 1)), "number": 1.5}[main]


def string_example(schema: Schema, name: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    words = WORDS.get(name) or name.replace("_", " ").capitalize() or "Words"
    return words[: schema.get("maxLength", len(words))]
