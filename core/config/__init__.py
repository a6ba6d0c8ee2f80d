"""What a run shall do, in numbers: its configuration, recipe and length. Imports no torch, reads no data."""
