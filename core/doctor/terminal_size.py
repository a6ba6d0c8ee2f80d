"""The smallest terminal that the app needs. Imports nothing: the app asks for it as it starts."""

LEAST_COLUMNS, LEAST_ROWS = 80, 24
"""The size at which every screen fits."""
