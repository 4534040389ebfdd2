"""The record as pages: reading it, adding to its history, its files."""
