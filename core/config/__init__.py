"""What a run is asked to do, in numbers: configuration, recipes, schedule. Imports no torch and reads no data."""
