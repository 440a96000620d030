"""The data of a person: what is whose, handing it out, and deleting it."""
