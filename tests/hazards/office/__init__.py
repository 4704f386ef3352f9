"""What a bureau does about a hazard."""
