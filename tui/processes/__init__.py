"""The children of the app and what they say: the reader, runs, looks at data. Knows no widget."""
