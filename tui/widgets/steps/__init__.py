"""What becomes of a bitmap on its way to the network, step by step."""
