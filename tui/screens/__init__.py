"""Screens and dialogs, one per file, with their helpers. They post messages; the owners act on them."""
