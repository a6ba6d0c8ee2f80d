"""Strokes become bitmaps; drafts and guided sessions. Knows no screen and no network."""
