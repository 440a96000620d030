"""How well and how fast the matching engine matches, on synthetic data with known grades."""
