//! Update tests: given a state and a message, these effects and that state.
