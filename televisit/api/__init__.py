"""Visits for programs."""
