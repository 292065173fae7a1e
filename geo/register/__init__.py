"""The register (台账): what is in force at once, without waiting for an edition. People, and who holds which post."""
