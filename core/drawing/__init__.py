"""Turns strokes into bitmaps; keeps drafts and guided sessions. Knows no screen and no network."""
