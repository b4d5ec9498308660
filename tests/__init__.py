"""The tests of the project: unit, integration, contract, browser, chaos, architecture."""
