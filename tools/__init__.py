"""Scripts that make data for the service at build time. Nothing here runs in service."""
