"""How dates and numbers are written, where Django leaves something to be wished for."""
