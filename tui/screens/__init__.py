"""The screens and dialogs, one a file, with their helpers beside them. They post messages; owners act."""
