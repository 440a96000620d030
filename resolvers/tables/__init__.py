"""Tables that people keep in files: .csv and .xlsx, read a row at a time."""
