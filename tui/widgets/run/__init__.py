"""Widgets that show a run: progress, curves, tables and results."""
