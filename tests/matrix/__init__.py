"""The matrix of authorisation: every field, mutation, endpoint, image and subscription, tried by every kind of caller.

What each of them may do stands in `expected/*.toml`, written by hand and never derived from the policies of the code.
"""
