"""What is shown of a run: its progress, curves, tables, results."""
