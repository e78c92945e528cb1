//! Who is the fastest.

mod period;

pub use period::Period;
