"""Widgets that show the preprocessing of a bitmap, step by step."""
