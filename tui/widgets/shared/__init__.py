"""What widgets of several screens are made from: lines, thumbnails, bars, a field for paths."""
