//! Runs one channel: its callbacks one after the other, on a task only while one of them waits.
//!
//! An idle channel is its state and an empty mailbox. Who posts the first mail runs the callback:
//! the connection's own task at once ("inline"), everybody else on a new task. A callback that is
//! not ready at once moves to a task of its own, and whatever is posted meanwhile waits in the
//! mailbox, which is bounded in bytes.
//!
//! Source: Phoenix's `lib/phoenix/channel/server.ex`.

mod run;

use std::{
    collections::VecDeque,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Waker},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tracing::warn;

use super::{Channel, ChannelSocket, Reason};
use crate::{
    connection::{Connection, Reads},
    frame::Broadcast,
    message::Ref,
    payload::Payload,
    pubsub::{Subscriber, SubscriberId, Subscription},
    router::JoinId,
};

/// How long a callback may still run once its channel is to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is known of a channel from outside its callbacks.
pub(crate) struct Core {
    pub connection: Arc<Connection>,
    pub topic: Arc<str>,
    pub join: JoinId,
    /// The reference that messages of this channel carry: of the join, or the join's own message.
    pub join_ref: Option<Ref>,
    /// The reference that the client gave, which its `phx_close` carries.
    pub given_join_ref: Option<Ref>,
    /// Whether the client has been told that it has joined, and not that it is out.
    joined: AtomicBool,
    /// Whether what the channel may intercept goes through it at present.
    pub intercepts: AtomicBool,
}

impl Core {
    pub fn is_joined(&self) -> bool {
        self.joined.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("topic", &self.topic).field("join", &self.join).finish_non_exhaustive()
    }
}

/// A join as the router granted it.
pub(crate) struct JoinRequest {
    pub topic: Arc<str>,
    pub join_ref: Option<Ref>,
    pub message_ref: Option<Ref>,
    pub params: Payload,
    /// The channel that this one replaces: the reference that its `phx_close` carries.
    pub replaces: Option<Option<Ref>>,
}

/// A running channel, whatever its type.
pub(crate) trait ChannelHandle: Send + Sync {
    /// Hands the channel an event of its client.
    fn handle_in(self: Arc<Self>, event: Box<str>, payload: Payload, message_ref: Option<Ref>);

    /// Ends the channel at its client's wish.
    fn leave(self: Arc<Self>, message_ref: Option<Ref>);

    /// Ends the channel without a word to the client. `then` runs when it has ended.
    fn shutdown(self: Arc<Self>, reason: Reason, then: Option<Then>);

    /// The reference that the channel's `phx_close` carries.
    fn given_join_ref(&self) -> Option<Ref>;

    /// Whether `join` has been called.
    fn is_started(&self) -> bool;
}

pub(crate) type Then = Box<dyn FnOnce() + Send>;

/// Takes messages for `handle_info`.
pub(crate) trait InfoSink<I>: Send + Sync {
    fn send_info(self: Arc<Self>, info: I) -> Result<(), I>;
}

pub(crate) struct ChannelServer<C: Channel> {
    core: Arc<Core>,
    mailbox: Mutex<Mailbox<C>>,
}

struct Mailbox<C: Channel> {
    state: State<C>,
    waiting: VecDeque<Mail<C>>,
    /// What `waiting` counts for against the limit.
    bytes: usize,
    /// Counts the times that the channel became busy.
    runs: u64,
    /// The task of this run, if a callback of it was not ready at once.
    task: Option<AbortHandle>,
    /// Set when the running callback shall be the last one.
    killed: bool,
}

enum State<C: Channel> {
    /// Not started yet: the channel that it replaces has not come to its end.
    New,
    Idle(Box<Running<C>>),
    Busy,
    Ended,
}

/// The channel itself; whoever holds it runs its callbacks.
struct Running<C: Channel> {
    channel: C,
    socket: ChannelSocket<C>,
    /// Its connection reads the topic's broadcasts past the channel (Phoenix's fastlane), ...
    reads: Option<Reads>,
    /// ... but for those of the events that the channel intercepts, which it is handed.
    intercepts: Option<Box<Subscription>>,
}

enum Mail<C: Channel> {
    In { event: Box<str>, payload: Payload, message_ref: Option<Ref> },
    Out(Arc<Broadcast>),
    Info(C::Info),
    Leave { message_ref: Option<Ref> },
    Shutdown { reason: Reason, then: Option<Then> },
}

impl<C: Channel> Mail<C> {
    /// What the mail counts for against the mailbox's limit, in bytes.
    fn size(&self) -> usize {
        let carried = match self {
            Self::In { payload, event, .. } => payload.len() + event.len(),
            Self::Out(_) | Self::Info(_) | Self::Leave { .. } | Self::Shutdown { .. } => 0,
        };
        carried + size_of::<Self>()
    }

    /// Mail that ends the channel is taken however much waits.
    fn is_bounded(&self) -> bool {
        !matches!(self, Self::Leave { .. } | Self::Shutdown { .. })
    }
}

/// Where the callback that a mail leads to is polled first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Right here: the poster is the connection's own task and holds no lock.
    Once,
    /// On a task: the poster may be anybody.
    Task,
}

/// Why mail was not taken.
enum Undelivered<M> {
    Ended(M),
    Full(M),
}

impl<C: Channel> ChannelServer<C> {
    /// Makes a channel for a join. It does nothing until [`ChannelServer::start`]; what is posted
    /// to it waits.
    pub fn new(connection: Arc<Connection>, join: JoinId, request: &JoinRequest) -> Arc<Self> {
        let core = Core {
            connection,
            topic: request.topic.clone(),
            join,
            join_ref: request.join_ref.clone().or_else(|| request.message_ref.clone()),
            given_join_ref: request.join_ref.clone(),
            joined: AtomicBool::new(false),
            intercepts: AtomicBool::new(true),
        };
        let mailbox = Mailbox {
            state: State::New,
            waiting: VecDeque::new(),
            bytes: 0,
            runs: 0,
            task: None,
            killed: false,
        };
        Arc::new(Self { core: Arc::new(core), mailbox: Mutex::new(mailbox) })
    }

    /// Calls `join`, and then whatever has been posted meanwhile.
    pub fn start(self: Arc<Self>, request: JoinRequest, assigns: C::Assigns) {
        self.mailbox.lock().state = State::Busy;
        let socket = ChannelSocket::new(assigns, self.core.clone(), Arc::downgrade(&self));
        let run = self.clone().join(request, socket);
        self.drive(0, run, At::Once);
    }

    fn post(self: &Arc<Self>, mail: Mail<C>, at: At) -> Result<(), Undelivered<Mail<C>>> {
        let (running, number) = {
            let mut mailbox = self.mailbox.lock();
            match std::mem::replace(&mut mailbox.state, State::Busy) {
                State::Idle(running) => {
                    mailbox.runs += 1;
                    (running, mailbox.runs)
                }
                State::Ended => {
                    mailbox.state = State::Ended;
                    return Err(Undelivered::Ended(mail));
                }
                waiting @ (State::New | State::Busy) => {
                    mailbox.state = waiting;
                    if mail.is_bounded() && mailbox.bytes >= self.core.connection.limits().mailbox_bytes {
                        return Err(Undelivered::Full(mail));
                    }
                    mailbox.bytes += mail.size();
                    mailbox.waiting.push_back(mail);
                    return Ok(());
                }
            }
        };
        self.drive(number, self.clone().run(running, mail), at);
        Ok(())
    }

    fn drive(self: &Arc<Self>, number: u64, run: impl Future<Output = ()> + Send + 'static, at: At) {
        let mut run = Box::pin(run);
        // A waker that does nothing will do: if the future is not ready, its task polls it again.
        let mut context = Context::from_waker(Waker::noop());
        if at == At::Once && Pin::new(&mut run).poll(&mut context).is_ready() {
            return;
        }
        let task = tokio::spawn(run).abort_handle();
        let mut mailbox = self.mailbox.lock();
        // By now the run may be over, and another one under way.
        if matches!(mailbox.state, State::Busy) && mailbox.runs == number {
            if mailbox.killed {
                task.abort();
            }
            mailbox.task = Some(task);
        }
    }

    /// Ends the channel though a callback is running: it is dropped where it waits.
    fn kill(&self) {
        let mut mailbox = self.mailbox.lock();
        if matches!(mailbox.state, State::Busy) {
            mailbox.killed = true;
            if let Some(task) = &mailbox.task {
                task.abort();
            }
        }
    }

    fn post_or_kill(self: &Arc<Self>, mail: Mail<C>, at: At) {
        if let Err(Undelivered::Full(_)) = self.post(mail, at) {
            warn!(topic = %self.core.topic, "the channel's mailbox is full: it is ended");
            self.core.connection.endpoint().telemetry().mailbox_overflows.increment(1);
            self.kill();
        }
    }
}

impl<C: Channel> ChannelHandle for ChannelServer<C> {
    fn handle_in(self: Arc<Self>, event: Box<str>, payload: Payload, message_ref: Option<Ref>) {
        self.post_or_kill(Mail::In { event, payload, message_ref }, At::Once);
    }

    fn leave(self: Arc<Self>, message_ref: Option<Ref>) {
        let _ = self.post(Mail::Leave { message_ref }, At::Once);
    }

    fn shutdown(self: Arc<Self>, reason: Reason, then: Option<Then>) {
        match self.post(Mail::Shutdown { reason, then }, At::Once) {
            Err(Undelivered::Ended(Mail::Shutdown { then: Some(then), .. })) => then(),
            Err(_) => {}
            Ok(()) => {
                if matches!(self.mailbox.lock().state, State::Busy) {
                    let server: Weak<Self> = Arc::downgrade(&self);
                    tokio::spawn(async move {
                        tokio::time::sleep(PATIENCE).await;
                        if let Some(server) = server.upgrade() {
                            server.kill();
                        }
                    });
                }
            }
        }
    }

    fn given_join_ref(&self) -> Option<Ref> {
        self.core.given_join_ref.clone()
    }

    fn is_started(&self) -> bool {
        !matches!(self.mailbox.lock().state, State::New)
    }
}

impl<C: Channel> InfoSink<C::Info> for ChannelServer<C> {
    fn send_info(self: Arc<Self>, info: C::Info) -> Result<(), C::Info> {
        match self.post(Mail::Info(info), At::Task) {
            Err(Undelivered::Ended(Mail::Info(info)) | Undelivered::Full(Mail::Info(info))) => Err(info),
            _ => Ok(()),
        }
    }
}

impl<C: Channel> Subscriber for ChannelServer<C> {
    fn deliver(self: Arc<Self>, broadcast: &Arc<Broadcast>) {
        if self.core.intercepts.load(Ordering::Relaxed) {
            self.post_or_kill(Mail::Out(broadcast.clone()), At::Task);
        } else if let Some(frame) = broadcast.frame(self.core.connection.format()) {
            self.core.connection.send_frame(frame.clone());
        }
    }

    fn id(&self) -> SubscriberId {
        SubscriberId(self.core.join.0)
    }
}
