//! The stream under a WebSocket, once HTTP has let go of it.

use std::{
    io::{self, IoSlice},
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::{rt::TokioIo, server::conn::auto};
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, Shutdown};
use tokio::{io::Interest, net::TcpStream};

use crate::{outbox::Outbox, transport::Written};

/// A TCP stream that is read and written without a buffer of its own.
pub(crate) struct Stream(TcpStream);

impl Stream {
    /// Takes the stream out of a request that came through [`Server`](crate::Server) or
    /// `warp::serve`, with what arrived behind the request.
    pub fn from_upgraded(upgraded: Upgraded) -> Option<(Self, Bytes)> {
        let (stream, early) = match upgraded.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => (parts.io, parts.read_buf),
            Err(upgraded) => {
                let parts = auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded).ok()?;
                (parts.io, parts.read_buf)
            }
        };
        Some((Self(stream.into_inner()), early))
    }

    /// Of one task only, whose waker is kept with the socket: a future of tokio's takes more room.
    pub fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_read_ready(context)
    }

    pub async fn writable(&self) -> io::Result<()> {
        self.0.writable().await
    }

    /// Reads what is there.
    ///
    /// A short read means that there is no more; saying "would block" to tokio then spares the
    /// system call that would find that out.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        let read = self.0.try_io(Interest::READABLE, || {
            let (read, _) = rustix::net::recv(&self.0, &mut *buffer, RecvFlags::empty())?;
            length = read;
            if 0 < read && read < buffer.len() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
        });
        if length > 0 { Ok(length) } else { read.map(|()| 0) }
    }

    /// Writes what waits: several frames in one system call.
    pub fn write(&self, outbox: &mut Outbox) -> Written {
        while !outbox.is_empty() {
            let mut slices = [IoSlice::new(&[]); Outbox::SLICES];
            let count = outbox.slices(&mut slices);
            match self.0.try_io(Interest::WRITABLE, || self.send(&slices[..count])) {
                Ok(written) => outbox.wrote(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Written::Blocked,
                Err(_) => {
                    outbox.abandon();
                    self.shutdown();
                    return Written::Lost;
                }
            }
        }
        Written::Enough
    }

    /// Writes as much as the kernel takes, whatever tokio knows of it.
    pub fn send(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        Ok(match slices {
            [slice] => rustix::net::send(&self.0, slice, flags)?,
            _ => rustix::net::sendmsg(&self.0, slices, &mut SendAncillaryBuffer::default(), flags)?,
        })
    }

    pub fn shutdown(&self) {
        // It may be shut down already.
        let _ = rustix::net::shutdown(&self.0, Shutdown::Both);
    }
}
