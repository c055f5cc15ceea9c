//! What connections come from, and what they are: TCP, a Unix socket, or something of one's own around either.

use socket2::SockRef;
use std::future::{Ready, ready as now};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// Where a server gets its connections.
///
/// Implemented for tokio's [`TcpListener`] and [`UnixListener`]. One's own, such as one for TLS, mostly asks
/// one of them, and returns a [`Handshake`](Self::Handshake) that does the rest; `core/examples/tls.rs` is one.
///
/// Beside reading and writing, the server asks the system two things that tokio's traits have no word for. For a
/// connection that is something around a [`TcpStream`], they can be passed on to that one's.
pub trait Listener: Send + 'static {
    /// A connection that HTTP can be spoken over.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// What makes such a connection of one that was accepted. It runs in the connection's own task, under the
    /// head timeout, so a client that is slow here holds nobody up.
    type Handshake: Future<Output = io::Result<Self::Io>> + Send + 'static;

    /// The next connection and the address of its client.
    ///
    /// An error does not end the server: it is logged, unless it concerns that one connection only, and after
    /// a moment the next one is asked for.
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Handshake, IpAddr)>>;

    /// A connection that the system has accepted already, asked of the system itself: at the end of a server,
    /// tokio may not have heard of it yet, and closing the listener would reset it.
    ///
    /// # Errors
    ///
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if there is none.
    fn try_accept(&mut self) -> io::Result<(Self::Handshake, IpAddr)>;

    /// Whether bytes have arrived that nobody has read, asked of the system itself: tokio may not have heard of
    /// them yet. An idle connection on which they have is not closed.
    fn has_unread(io: &Self::Io) -> bool;

    /// How many bytes can be read without waiting, without taking them: 0 if the client has closed its side, and an
    /// error if it is gone. It may tell of fewer than there are. It is asked while a request is with the service, so
    /// that a client that goes away is noticed.
    fn poll_peek(io: &mut Self::Io, cx: &mut Context<'_>) -> Poll<io::Result<usize>>;
}

/// A connection with what the server asks of its [`Listener`].
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    fn has_unread(&self) -> bool;
    fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>>;
}

/// A connection of a listener.
pub(super) struct Of<L: Listener>(pub(super) L::Io);

impl<L: Listener> Transport for Of<L> {
    fn has_unread(&self) -> bool {
        L::has_unread(&self.0)
    }

    fn poll_peek(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        L::poll_peek(&mut self.0, cx)
    }
}

impl<L: Listener> AsyncRead for Of<L> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<L: Listener> AsyncWrite for Of<L> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl Listener for TcpListener {
    type Io = TcpStream;
    type Handshake = Ready<io::Result<TcpStream>>;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Handshake, IpAddr)>> {
        TcpListener::poll_accept(self, cx).map_ok(|(stream, peer)| (whole(stream), peer.ip()))
    }

    fn try_accept(&mut self) -> io::Result<(Self::Handshake, IpAddr)> {
        let (socket, peer) = SockRef::from(&*self).accept()?;
        socket.set_nonblocking(true)?;
        let stream = TcpStream::from_std(socket.into())?;
        let peer = peer.as_socket().map(|peer| peer.ip());
        Ok((whole(stream), peer.unwrap_or(NOBODY)))
    }

    fn has_unread(io: &TcpStream) -> bool {
        peek(&SockRef::from(io)).is_ok_and(|count| count > 0)
    }

    fn poll_peek(io: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut byte = [MaybeUninit::uninit()];
        let count = ready!(TcpStream::poll_peek(
            io,
            cx,
            &mut ReadBuf::uninit(&mut byte)
        ))?;
        let error = if count == 0 { io.take_error()? } else { None };
        Poll::Ready(after_end(count, error))
    }
}

/// What the kernel holds of an answer that it has not sent yet. By itself it takes up to 4 MB, and tells that it wants more
/// when a third of that is gone: a client that reads slowly, but all the time, would then look as if it took nothing.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// Small writes go out at once, and large ones in small steps.
fn whole(stream: TcpStream) -> Ready<io::Result<TcpStream>> {
    // Either fails only on a connection that is gone already, which the first read finds out.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT);
    now(Ok(stream))
}

/// The client of a Unix socket has no address: whoever `X-Forwarded-For` names counts, or else this.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Listener for UnixListener {
    type Io = UnixStream;
    type Handshake = Ready<io::Result<UnixStream>>;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Self::Handshake, IpAddr)>> {
        UnixListener::poll_accept(self, cx).map_ok(|(stream, _)| (now(Ok(stream)), NOBODY))
    }

    fn try_accept(&mut self) -> io::Result<(Self::Handshake, IpAddr)> {
        let (socket, _) = SockRef::from(&*self).accept()?;
        socket.set_nonblocking(true)?;
        let stream = UnixStream::from_std(socket.into())?;
        Ok((now(Ok(stream)), NOBODY))
    }

    fn has_unread(io: &UnixStream) -> bool {
        peek(&SockRef::from(io)).is_ok_and(|count| count > 0)
    }

    fn poll_peek(io: &mut UnixStream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            ready!(io.poll_read_ready(cx))?;
            match io.try_io(Interest::READABLE, || peek(&SockRef::from(&*io))) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) => return Poll::Ready(after_end(0, io.take_error()?)),
                peeked => return Poll::Ready(peeked),
            }
        }
    }
}

/// After the client's end, a read says no more than that, even if the connection was reset since.
fn after_end(count: usize, error: Option<io::Error>) -> io::Result<usize> {
    error.map_or(Ok(count), Err)
}

fn peek(socket: &SockRef<'_>) -> io::Result<usize> {
    socket.peek(&mut [MaybeUninit::uninit()])
}
