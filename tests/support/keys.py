"""A key as production takes it: 32 bytes at random, once."""

PRODUCTION_KEY = "9f2c61d07be84a3596e1d0c27a4f83b5e6120c9d7f3a58b4419d6ce2f0857ab3"
