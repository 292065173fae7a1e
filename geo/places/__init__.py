"""What a caller says becomes a place that goes straight into the look-up."""
