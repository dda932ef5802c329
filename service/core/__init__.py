"""PURE: the rules of the business. No I/O, no clock, no environment, no framework; imports only `errors`."""
