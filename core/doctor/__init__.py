"""What is wrong with this installation, this terminal and the user's files. Changes nothing, trains nothing."""
