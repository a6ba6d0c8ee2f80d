"""Widgets of the drawing screen: the pad, the answer, the active set's counts, the status line."""
