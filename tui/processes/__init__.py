"""The app's child processes and their messages: the reader, training runs, check-ups. Knows no widgets."""
