"""The command line: one file per command or group of commands, each with `add_parser` and the functions behind it."""
