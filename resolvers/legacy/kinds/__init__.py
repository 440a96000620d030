"""What is moved in, by source: each kind of row, its fields, and the rows that it becomes."""
