"""What a person sees of digits-tui. It imports core's torch-free modules only."""
