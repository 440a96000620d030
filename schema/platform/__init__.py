"""The developer platform: certification, credits and projects."""
