"""Prescriptions for programs: written and issued by doctors, read by patients, checked by pharmacists."""
