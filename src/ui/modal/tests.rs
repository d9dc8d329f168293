//! Each block of a modal, on roomy and on small screens.
