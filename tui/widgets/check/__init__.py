"""What the check-up of a folder shows: findings, and images before and after."""
