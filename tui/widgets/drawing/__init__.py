"""What the drawing screen shows: the pad, the answer, the active set's counts."""
