"""Finding, hours and appointments for programs."""
