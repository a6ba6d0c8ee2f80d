"""Widgets of the check-up of a folder: findings, and images before and after preprocessing."""
