"""The doctor: looks at the running system, names what is wrong and says what to do next."""
