"""The HR talent feeds."""
