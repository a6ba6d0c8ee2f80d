"""Output to the terminal and the line that carries it: cells, painter, driver. Knows no screens."""
