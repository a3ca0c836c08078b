//! The bytes of one connection, with limits on how long its peer may take to send a header, to take an answer, and to say
//! nothing at all.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::{Activity, Overdue};
use super::early;
use super::listener::Exchange;

/// What a peer has to take of an answer within [`Timeouts::write`](super::Timeouts::write), in bytes: 17 KiB a second.
pub(super) const PROGRESS: usize = 512 * 1024;

/// What is read and thrown away at most, in bytes, so that a peer that is still sending gets to read its answer.
const LINGER: usize = 256 * 1024;

/// A connection's stream as the HTTP library sees it.
pub(super) struct GuardedStream<S> {
    inner: S,
    activity: Arc<Activity>,
    exchange: Exchange,
    read_limit: Option<Pin<Box<Sleep>>>,
    write_limit: Option<Pin<Box<Sleep>>>,
    /// Bytes that the peer took since the write limit was set.
    taken: usize,
    /// Of an answer in place of the library's own: what is still to be sent.
    replacement: Bytes,
    linger: Option<Linger>,
}

struct Linger {
    until: Pin<Box<Sleep>>,
    read: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> GuardedStream<S> {
    pub fn new(inner: S, activity: Arc<Activity>, exchange: Exchange) -> Self {
        Self {
            inner,
            activity,
            exchange,
            read_limit: None,
            write_limit: None,
            taken: 0,
            replacement: Bytes::new(),
            linger: None,
        }
    }

    /// Pending until the peer is late with what it owes; then an error.
    fn poll_read_limit(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some((deadline, overdue)) = self.activity.deadline(&self.exchange.timeouts) else { return Poll::Pending };
        ready!(poll_until(&mut self.read_limit, deadline, cx));
        let counters = &self.exchange.counters;
        match overdue {
            Overdue::Header => counters.header_timeout.increment(1),
            Overdue::Idle => counters.idle_timeout.increment(1),
        }
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    /// Pending until the peer took too little for too long; then an error.
    fn poll_write_limit<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let deadline = self.write_limit.as_ref().map(|limit| limit.deadline());
        let deadline = deadline.unwrap_or_else(|| Instant::now() + self.exchange.timeouts.write);
        ready!(poll_until(&mut self.write_limit, deadline, cx));
        self.exchange.counters.write_timeout.increment(1);
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    /// The peer took so many of the bytes that were offered.
    fn record_progress(&mut self, taken: usize, offered: usize) {
        self.taken += taken;
        if taken >= offered || self.taken >= PROGRESS {
            self.taken = 0;
            self.write_limit = None;
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        ready!(self.poll_replacement(cx))?;
        let offered = slices.iter().map(|slice| slice.len()).sum();
        if self.activity.is_between_requests()
            && let Some(first) = slices.iter().find(|slice| !slice.is_empty())
            && let Some(answer) = early::answer(first, &self.exchange)
        {
            self.activity.leave_unread();
            self.replacement = answer;
            return Poll::Ready(Ok(offered));
        }
        match Pin::new(&mut self.inner).poll_write_vectored(cx, slices) {
            Poll::Ready(Ok(taken)) => {
                self.record_progress(taken, offered);
                Poll::Ready(Ok(taken))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => self.poll_write_limit(cx),
        }
    }

    fn poll_replacement(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replacement.is_empty() {
            match Pin::new(&mut self.inner).poll_write(cx, &self.replacement) {
                Poll::Ready(taken) => {
                    let taken = taken?;
                    if taken == 0 {
                        return Poll::Ready(Err(ErrorKind::WriteZero.into()));
                    }
                    self.record_progress(taken, self.replacement.len());
                    drop(self.replacement.split_to(taken));
                }
                Poll::Pending => return self.poll_write_limit(cx),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads what the peer is still sending, up to a limit: a connection closed over unread bytes is reset, and the peer
    /// loses the answer (RFC 9112 9.6).
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let until = Instant::now() + self.exchange.timeouts.linger;
        let linger = self.linger.get_or_insert_with(|| Linger { until: Box::pin(sleep_until(until)), read: 0 });
        let mut scratch = [0; 8 * 1024];
        while linger.read < LINGER && linger.until.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => linger.read += buffer.filled().len(),
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

/// Ready at `deadline`, by a timer that is made once.
fn poll_until(timer: &mut Option<Pin<Box<Sleep>>>, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
    let timer = timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
    if timer.deadline() != deadline {
        timer.as_mut().reset(deadline);
    }
    timer.as_mut().poll(cx)
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for GuardedStream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buffer) {
            Poll::Pending => this.poll_read_limit(cx),
            Poll::Ready(read) => {
                if buffer.filled().len() > before {
                    this.activity.receive();
                }
                Poll::Ready(read)
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for GuardedStream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_send(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_replacement(cx))?;
        ready!(Pin::new(&mut this.inner).poll_flush(cx))?;
        this.activity.flush();
        // Nothing may read again before something wakes this connection. The time limit does; who reads then judges it.
        if let Some((deadline, _)) = this.activity.deadline(&this.exchange.timeouts) {
            let _ = poll_until(&mut this.read_limit, deadline, cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_replacement(cx))?;
        if this.linger.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
        }
        if this.activity.has_unread() {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
