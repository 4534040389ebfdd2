"""The OpenAPI document, and its rows for a plain page: the stock pages need inline script, which our policy forbids."""

from dataclasses import dataclass
from functools import cache

from drf_spectacular.generators import SchemaGenerator

from clinic.api_schema import JSON, Schema


@dataclass(frozen=True)
class Kind:
    """What a value is: words such as "string (date-time)", and the name of its shape if it has one."""

    words: str
    shape: str = ""


@dataclass(frozen=True)
class Field:
    """One parameter of a call, or one member of a shape."""

    name: str
    kind: Kind
    about: str
    is_required: bool = False


@dataclass(frozen=True)
class Call:
    """`answers` are those of its own; what every call may refuse is said once, at the top of the page."""

    method: str
    path: str
    about: str
    parameters: dict[str, list[Field]]
    body: Kind | None
    answers: list[Field]


@cache
def document() -> Schema:
    """The OpenAPI document of everything under /api/v1/; it changes only with the code."""
    return SchemaGenerator().get_schema(request=None, public=True)


def groups_of(document: Schema) -> list[tuple[str, list[Call]]]:
    """Calls by their tag, both in the document's order."""
    groups: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(call_of(method, path, operation))
    return list(groups.items())


def call_of(method: str, path: str, operation: Schema) -> Call:
    return Call(
        method=method.upper(),
        path=path,
        about=operation.get("description", ""),
        parameters=parameters_of(operation),
        body=content_of(operation.get("requestBody", {})),
        answers=[answer_of(status, each) for status, each in operation["responses"].items() if "$ref" not in each],
    )


def parameters_of(operation: Schema) -> dict[str, list[Field]]:
    """By where they stand, "Query" or "Header"; those of the path are seen in it."""
    places: dict[str, list[Field]] = {}
    for each in operation.get("parameters", []):
        if each["in"] != "path":
            places.setdefault(each["in"].title(), []).append(parameter_of(each))
    return places


def parameter_of(parameter: Schema) -> Field:
    return Field(
        name=parameter["name"],
        kind=kind_of(parameter.get("schema", {})),
        about=parameter.get("description", ""),
        is_required=parameter.get("required", False),
    )


def answer_of(status: str, answer: Schema) -> Field:
    return Field(name=status, kind=content_of(answer) or Kind(""), about=answer.get("description", ""))


def content_of(part: Schema) -> Kind | None:
    """What a body or an answer carries; None for nothing."""
    content = part.get("content", {})
    if not content:
        return None
    schema = content.get(JSON) or next(iter(content.values()))
    return kind_of(schema.get("schema", {}))


def shapes_of(document: Schema) -> list[tuple[str, str, list[Field]]]:
    """Every named shape: its name, what it is (for lists of choices), its members."""
    shapes = document.get("components", {}).get("schemas", {})
    return [(name, kind_of(shape).words, members_of(shape)) for name, shape in shapes.items()]


def members_of(shape: Schema) -> list[Field]:
    required = shape.get("required", [])
    return [
        Field(name=name, kind=kind_of(member), about=member.get("description", ""), is_required=name in required)
        for name, member in shape.get("properties", {}).items()
    ]


def kind_of(schema: Schema) -> Kind:
    """The kind of a schema's values. Of alternatives the first that is not null counts."""
    if "$ref" in schema:
        return Kind("", schema["$ref"].rpartition("/")[2])
    for choice in (*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])):
        if choice != {"type": "null"}:
            return kind_of(choice)
    return kind_of_plain(schema)


def kind_of_plain(schema: Schema) -> Kind:
    types = schema.get("type", "")
    main = types if isinstance(types, str) else next(name for name in types if name != "null")
    if main == "array":
        items = kind_of(schema["items"])
        return Kind(f"list of {items.words}".strip(), items.shape)
    if "enum" in schema:
        return Kind(" | ".join(str(value) for value in schema["enum"] if value is not None))
    return Kind(f"{main} ({schema['format']})" if "format" in schema else main)
