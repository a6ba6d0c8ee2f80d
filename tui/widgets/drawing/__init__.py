"""What the drawing screen shows: the pad, the answer, what is taught."""
