"""Building blocks for the widgets of several screens: lines, thumbnails, bars, a path field."""
