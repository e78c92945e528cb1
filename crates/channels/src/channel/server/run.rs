//! The life of a channel, from its join to its end, as one future.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering},
};

use futures::FutureExt;
use tracing::{Instrument, Span, debug, debug_span, error};

use super::{ChannelServer, JoinRequest, Mail, PATIENCE, Running, State, Then};
use crate::{
    channel::{Channel, ChannelSocket, Crash, Handled, JoinError, Joined, Reason},
    message::{Farewell, Outgoing, Ref, Reply, Status, Text},
    payload::Payload,
    pubsub::SubscriberId,
    telemetry::Outcome,
};

/// A channel while its callbacks run. If its task is aborted, the channel still comes to its end.
struct Life<C: Channel> {
    server: Arc<ChannelServer<C>>,
    stage: Stage<C>,
}

enum Stage<C: Channel> {
    Joining(Answer),
    In(Box<Running<C>>),
    /// The channel has gone idle or has ended: nothing is left to be done here.
    Over,
}

/// How a join is to be answered.
struct Answer {
    message_ref: Option<Ref>,
    replaces: Option<Option<Ref>>,
}

/// What follows a mail.
enum After {
    Continue,
    End { reason: Reason, farewell: Option<Farewell>, then: Option<Then> },
}

impl<C: Channel> ChannelServer<C> {
    /// Calls `join`; once in, handles what has been posted since.
    pub(super) async fn join(self: Arc<Self>, request: JoinRequest, mut socket: ChannelSocket<C>) {
        let JoinRequest { topic, message_ref, params, replaces, .. } = request;
        let answer = Answer { message_ref, replaces };
        let limit = self.core.connection.limits().join_timeout;
        let span = debug_span!("join", %topic);
        let mut life = Life { server: self, stage: Stage::Joining(answer) };
        let join = guarded(span, async { C::join(&topic, params, &mut socket).await });
        let outcome = match tokio::time::timeout(limit, join).await {
            Ok(Ok(Ok(joined))) => {
                life.go_in(joined, socket);
                Outcome::Ok
            }
            Ok(Ok(Err(JoinError::Refused(response)))) => {
                debug!(%topic, "join refused");
                life.stay_out(&response);
                Outcome::Refused
            }
            Ok(Ok(Err(JoinError::Crashed(crash))) | Err(crash)) => {
                error!(%topic, cause = %crash, "join crashed");
                life.stay_out(&Payload::reason("join crashed"));
                Outcome::Crashed
            }
            Err(_) => {
                error!(%topic, "join timed out");
                life.stay_out(&Payload::reason("join timed out"));
                Outcome::Timeout
            }
        };
        life.server.core.connection.endpoint().telemetry().join(outcome);
        if let Some(mail) = life.next() {
            life.go_on(mail).await;
        }
    }

    /// Handles a mail, and then whatever has been posted meanwhile.
    pub(super) async fn run(self: Arc<Self>, running: Box<Running<C>>, mail: Mail<C>) {
        Life { server: self, stage: Stage::In(running) }.go_on(mail).await;
    }

    async fn handle(&self, running: &mut Running<C>, mail: Mail<C>) -> After {
        let Running { channel, socket, .. } = running;
        let (handled, asked) = match mail {
            Mail::In { event, payload, message_ref } => {
                socket.set_message_ref(message_ref.clone());
                let span = debug_span!("handle_in", topic = %self.core.topic, %event);
                let handled = guarded(span, async { channel.handle_in(&event, payload, socket).await }).await;
                socket.set_message_ref(None);
                (handled, Some(message_ref))
            }
            Mail::Out(broadcast) => {
                let handle_out =
                    async { channel.handle_out(&broadcast.event, &broadcast.payload, socket).await };
                let span = debug_span!("handle_out", topic = %self.core.topic, event = %broadcast.event);
                (guarded(span, handle_out).await, None)
            }
            Mail::Info(info) => {
                let span = debug_span!("handle_info", topic = %self.core.topic);
                (guarded(span, async { channel.handle_info(info, socket).await }).await, None)
            }
            Mail::Leave { message_ref } => {
                self.core
                    .reply(message_ref.as_ref(), &Reply { status: Status::Ok, response: Payload::empty() });
                return After::End { reason: Reason::Left, farewell: Some(Farewell::Close), then: None };
            }
            Mail::Shutdown { reason, then } => return After::End { reason, farewell: None, then },
        };
        let reply = |reply: &Reply| {
            if let Some(message_ref) = &asked {
                self.core.reply(message_ref.as_ref(), reply);
            }
        };
        let stop = After::End { reason: Reason::Stopped, farewell: Some(Farewell::Close), then: None };
        match handled.and_then(|handled| handled) {
            Ok(Handled::NoReply) => After::Continue,
            Ok(Handled::Reply(answer)) => {
                reply(&answer);
                After::Continue
            }
            Ok(Handled::Stop) => stop,
            Ok(Handled::StopReply(answer)) => {
                reply(&answer);
                stop
            }
            Err(crash) => {
                error!(topic = %self.core.topic, cause = %crash, "channel crashed");
                self.core.connection.endpoint().telemetry().crashes.increment(1);
                After::End { reason: Reason::Crashed, farewell: Some(Farewell::Error), then: None }
            }
        }
    }

    /// Takes the channel out of the world: no more broadcasts, the last callback, the farewell.
    async fn end(&self, mut running: Box<Running<C>>, reason: Reason, farewell: Option<Farewell>) {
        running.reads = None;
        running.intercepts = None;
        let Running { channel, socket, .. } = &mut *running;
        let span = debug_span!("terminate", topic = %self.core.topic, ?reason);
        let terminate = guarded(span, async { channel.terminate(reason, socket).await });
        match tokio::time::timeout(PATIENCE, terminate).await {
            Ok(Ok(())) => {}
            Ok(Err(crash)) => error!(topic = %self.core.topic, cause = %crash, "terminate crashed"),
            Err(_) => error!(topic = %self.core.topic, "terminate did not come to its end"),
        }
        self.core.joined.store(false, Ordering::Release);
        if let Some(kind) = farewell
            && self.core.connection.forget(self.core.join)
        {
            self.say_farewell(self.core.given_join_ref.as_ref(), kind);
        }
        self.ended(true);
    }

    fn say_farewell(&self, join_ref: Option<&Ref>, kind: Farewell) {
        self.core.connection.send(&Outgoing::Farewell { join_ref, topic: &self.core.topic, kind }, None);
    }

    /// The channel is no more. Pushes that waited for it are lost with it, as with Phoenix's process;
    /// but behind a join that was not granted they are answered as the router would have.
    fn ended(&self, was_in: bool) {
        let waiting = {
            let mut mailbox = self.mailbox.lock();
            mailbox.state = State::Ended;
            mailbox.task = None;
            mailbox.bytes = 0;
            std::mem::take(&mut mailbox.waiting)
        };
        for mail in waiting {
            match mail {
                Mail::In { .. } if was_in => {}
                Mail::In { message_ref, .. } => self.core.connection.send(
                    &Outgoing::Reply {
                        join_ref: None,
                        message_ref: message_ref.as_ref(),
                        topic: Text::Plain(&self.core.topic),
                        status: Status::Error,
                        response: &Payload::reason("unmatched topic"),
                    },
                    None,
                ),
                Mail::Leave { message_ref } => self
                    .core
                    .reply(message_ref.as_ref(), &Reply { status: Status::Ok, response: Payload::empty() }),
                Mail::Shutdown { then: Some(then), .. } => then(),
                Mail::Shutdown { .. } | Mail::Out(_) | Mail::Info(_) => {}
            }
        }
    }
}

impl<C: Channel> Life<C> {
    /// The join was granted. Its answer comes first: nothing of the topic reaches the client before
    /// it, and nothing is missed after it.
    fn go_in(&mut self, joined: Joined<C>, socket: ChannelSocket<C>) {
        let Stage::Joining(answer) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        let core = &self.server.core;
        let _cork = core.connection.cork();
        self.answer(answer, Status::Ok, &joined.response);
        core.joined.store(true, Ordering::Release);
        let reads = core.connection.read(&core.topic, SubscriberId(core.join.0), C::INTERCEPT);
        let intercepts = (!C::INTERCEPT.is_empty()).then(|| {
            let endpoint = core.connection.endpoint();
            Box::new(endpoint.subscribe(&core.topic, self.server.clone(), Some(C::INTERCEPT)))
        });
        let running = Running { channel: joined.channel, socket, reads: Some(reads), intercepts };
        self.stage = Stage::In(Box::new(running));
    }

    /// The join was not granted.
    fn stay_out(&mut self, response: &Payload) {
        let Stage::Joining(answer) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        let connection = &self.server.core.connection;
        let _cork = connection.cork();
        if connection.forget_join(self.server.core.join) {
            self.answer(answer, Status::Error, response);
        }
        self.server.ended(false);
    }

    fn answer(&self, answer: Answer, status: Status, response: &Payload) {
        let core = &self.server.core;
        let (join_ref, message_ref) = (core.given_join_ref.as_ref(), answer.message_ref.as_ref());
        let topic = Text::Plain(&core.topic);
        core.connection.send(&Outgoing::Reply { join_ref, message_ref, topic, status, response }, None);
        if let Some(replaced) = answer.replaces {
            self.server.say_farewell(replaced.as_ref(), Farewell::Close);
        }
    }

    async fn go_on(mut self, mut mail: Mail<C>) {
        while let Stage::In(running) = &mut self.stage {
            match self.server.handle(running, mail).await {
                After::Continue => match self.next() {
                    Some(next) => mail = next,
                    None => return,
                },
                After::End { reason, farewell, then } => {
                    if let Stage::In(running) = std::mem::replace(&mut self.stage, Stage::Over) {
                        self.server.end(running, reason, farewell).await;
                    }
                    if let Some(then) = then {
                        then();
                    }
                    return;
                }
            }
        }
    }

    /// The next mail, or `None` when the channel has gone idle, has ended or was killed.
    fn next(&mut self) -> Option<Mail<C>> {
        let mut mailbox = self.server.mailbox.lock();
        if mailbox.killed || !matches!(self.stage, Stage::In(_)) {
            return None;
        }
        if let Some(mail) = mailbox.waiting.pop_front() {
            mailbox.bytes -= mail.size();
            return Some(mail);
        }
        if let Stage::In(running) = std::mem::replace(&mut self.stage, Stage::Over) {
            mailbox.state = State::Idle(running);
            mailbox.task = None;
            mailbox.waiting = Default::default();
        }
        None
    }
}

impl<C: Channel> Drop for Life<C> {
    fn drop(&mut self) {
        if let Stage::Joining(_) = self.stage {
            error!(topic = %self.server.core.topic, "a join was ended where it waited");
            self.stay_out(&Payload::reason("join crashed"));
        } else if let Stage::In(running) = std::mem::replace(&mut self.stage, Stage::Over) {
            error!(topic = %self.server.core.topic, "a callback was ended where it waited");
            let server = self.server.clone();
            // There is no runtime any more when the whole server goes down.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime
                    .spawn(async move { server.end(running, Reason::Killed, Some(Farewell::Error)).await });
            }
        }
    }
}

/// Runs a callback; a panic becomes a crash. (Not an `async fn`, which would hold the callback twice: the
/// future that each message is handled by is made and copied anew.)
fn guarded<T>(span: Span, callback: impl Future<Output = T>) -> impl Future<Output = Result<T, Crash>> {
    AssertUnwindSafe(callback.instrument(span)).catch_unwind().map(|outcome| {
        outcome.map_err(|panic| {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Crash::new(format!("panicked: {}", text.unwrap_or("with no message")))
        })
    })
}
