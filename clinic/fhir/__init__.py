"""The portal as FHIR R4, to read and to search. Reads every app; nobody imports it. docs/fhir.md says what is what."""
