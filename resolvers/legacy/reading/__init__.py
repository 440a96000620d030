"""Reading what a predecessor's tools write: MySQL dumps, CSV, JSON lines and MongoDB exports, as streams of rows."""
