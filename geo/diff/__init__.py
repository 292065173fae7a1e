"""What changes between two states of a map: who leads on which ground, and which things are others."""
