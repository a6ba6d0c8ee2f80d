"""What a run is asked to do, in numbers: its configuration, recipe and length. Imports no torch, reads no data."""
