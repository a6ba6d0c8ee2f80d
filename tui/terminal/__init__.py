"""What goes to the terminal and over the line to it: cells, the painter, the driver. Knows no screen."""
