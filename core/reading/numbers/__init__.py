"""Several digits beside each other are found and read as one number; a single digit stays one. Imports no torch."""
