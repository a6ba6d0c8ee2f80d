"""The command line, one file a command or a few of a kind; each has `add_parser` and the functions it leads to."""
