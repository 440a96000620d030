"""Moving in: rows of the predecessors become rows of the product, by its own rules and in large batches."""
