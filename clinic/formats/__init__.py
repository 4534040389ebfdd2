"""How dates and times are written, one module per language, over Django's own (FORMAT_MODULE_PATH)."""
