"""Every SELECT of the project (存取)."""
