"""Widgets that show data sets: the catalogue, one set in detail, the training options."""
