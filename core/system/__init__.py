"""The machine and its files: whole writes, locks, child processes, cores. Knows nothing of digits."""
