//! What goes over a socket: frames, and in them messages of Phoenix Channels.
//!
//! Made for reading millions of them: a message is looked at where it was received, and nothing of its
//! payload is built.

mod frame;
mod message;

pub use frame::{Frame, FrameError, Opcode, Reader, frame_length, write_pong, write_text};
pub use message::{Message, push, quoted, write_push};
