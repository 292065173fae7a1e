"""The health of a map of responsibility: what is wrong with it, of each kind where, how much ground, and whose."""
