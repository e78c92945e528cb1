//! What holds of the workspace as a whole.

mod architecture;
