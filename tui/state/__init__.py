"""What outlives a screen, each part with one owner that changes it and says so; knows no screen and no widget."""
