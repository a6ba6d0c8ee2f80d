"""Turns a bitmap into an answer: one digit, a number, or a rejection. Knows no run and no screen."""
