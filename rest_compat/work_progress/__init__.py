"""The work-progress recorder: `/api/v1`."""
