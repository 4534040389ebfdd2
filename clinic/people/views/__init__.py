"""Registration, sessions and settings."""
