"""Teachers: which classes they see, and what they see of them."""
