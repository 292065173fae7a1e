"""Cities to try Pointward on, and the scripts that draw them."""
