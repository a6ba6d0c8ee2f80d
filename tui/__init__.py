"""The user interface of digits-tui. Imports only core's torch-free modules."""
