//! A client in memory.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::{PATIENCE, TestChannel};
use crate::{
    connection::Online,
    endpoint::Endpoint,
    frame::{Format, Framing},
    message::Status,
    payload::{IntoPayload, Payload},
    serializer::Serializer,
    socket::{Connect, NotConnected, Refusal, Socket},
    transport::{Intake, Slot, Wire},
};

/// A client that is connected to a socket. Dropping it closes the connection.
#[derive(Clone)]
pub struct TestClient {
    inner: Arc<Inner>,
}

struct Inner {
    online: Online,
    intake: Mutex<Intake>,
    /// What has arrived and was not asked for yet.
    inbox: Mutex<Vec<Arrived>>,
    refs: AtomicU64,
}

/// A message from the server.
#[derive(Debug)]
pub(super) struct Arrived {
    pub message_ref: Option<String>,
    pub topic: String,
    pub event: String,
    pub payload: Payload,
}

impl TestClient {
    /// Connects to a socket with connect parameters.
    ///
    /// # Errors
    /// [`Refusal`] when the socket's `connect` refuses.
    ///
    /// # Panics
    /// When `connect` takes too long.
    pub async fn connect<A: Clone + Send + Sync + 'static>(
        endpoint: &Endpoint,
        socket: Socket<A>,
        params: &[(&str, &str)],
    ) -> Result<Self, Refusal> {
        let params: HashMap<String, String> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = Connect { params, auth_token: None, headers: http::HeaderMap::new(), peer: None };
        let connected = match Arc::new(socket).connect(endpoint, request).await {
            Ok(connected) => connected,
            Err(NotConnected::Refused) => return Err(Refusal),
            Err(NotConnected::Unavailable) => panic!("connect took too long, or the endpoint is draining"),
        };
        let format = Format { serializer: Serializer::V2, framing: Framing::Bare };
        let online = Online::new(endpoint, connected, format, Wire::LongPoll(Slot::detached()));
        let intake = Mutex::new(Intake::new(online.connection().clone()));
        let inner = Inner { online, intake, inbox: Mutex::default(), refs: AtomicU64::new(1) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Subscribes to a topic's broadcasts and joins it. Gives the channel and the response.
    ///
    /// # Errors
    /// The response to a join that was refused or crashed.
    ///
    /// # Panics
    /// When there is no answer in time.
    pub async fn subscribe_and_join(
        &self,
        topic: &str,
        params: impl IntoPayload,
    ) -> Result<(TestChannel, Payload), Payload> {
        let join_ref = self.next_ref();
        let channel = TestChannel::new(self.clone(), topic, join_ref.clone());
        self.send(&join_ref, &join_ref, topic, "phx_join", params);
        let Some(answer) =
            self.wait(PATIENCE, |message| message.message_ref.as_ref() == Some(&join_ref)).await
        else {
            panic!("no answer to the join of {topic}; {}", self.inbox());
        };
        match reply(&answer.payload) {
            (Status::Ok, response) => Ok((channel, response)),
            (Status::Error, response) => Err(response),
        }
    }

    /// Closes the connection, as a client does that goes away: all its channels end.
    pub fn close(self) {
        self.inner.online.connection().abandon();
    }

    /// The server closes the connection.
    ///
    /// # Panics
    /// When it does not in time.
    #[track_caller]
    pub fn assert_closed(&self) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let deadline = Instant::now() + PATIENCE;
            let connection = self.inner.online.connection();
            let Wire::LongPoll(slot) = connection.wire() else { return };
            while !connection.is_closing() {
                if timeout_at(deadline, slot.more()).await.is_err() {
                    panic!("at {caller}: the connection was not closed");
                }
            }
        }
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        self.inner.online.connection().endpoint()
    }

    pub(super) fn next_ref(&self) -> String {
        self.inner.refs.fetch_add(1, Ordering::Relaxed).to_string()
    }

    pub(super) fn send(
        &self,
        join_ref: &str,
        message_ref: &str,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) {
        let payload = match payload.into_payload() {
            Ok(payload) => payload,
            Err(error) => panic!("the payload of {event}: {error}"),
        };
        let connection = self.inner.online.connection();
        let _cork = connection.cork();
        let mut intake = self.inner.intake.lock();
        let now = intake.now();
        match payload {
            Payload::Json(json) => {
                let message =
                    serde_json::to_string(&(join_ref, message_ref, topic, event, json)).unwrap_or_default();
                intake.text(&message, now);
            }
            Payload::Binary(bytes) => {
                let fields = [join_ref, message_ref, topic, event];
                let mut message = vec![0];
                message.extend(fields.map(|field| u8::try_from(field.len()).unwrap_or(u8::MAX)));
                message.extend(fields.into_iter().flat_map(str::bytes));
                message.extend_from_slice(&bytes);
                intake.binary(&message, now);
            }
        }
    }

    /// Waits for the first message that is wanted, and takes it out of what has arrived.
    pub(super) async fn wait(
        &self,
        patience: std::time::Duration,
        wanted: impl Fn(&Arrived) -> bool,
    ) -> Option<Arrived> {
        let deadline = Instant::now() + patience;
        let connection = self.inner.online.connection();
        let Wire::LongPoll(slot) = connection.wire() else { return None };
        loop {
            {
                let mut inbox = self.inner.inbox.lock();
                inbox.extend(connection.take().iter().filter_map(|frame| decode(&frame.bytes)));
                if let Some(position) = inbox.iter().position(&wanted) {
                    return Some(inbox.remove(position));
                }
            }
            timeout_at(deadline, slot.more()).await.ok()?;
        }
    }

    /// What has arrived and was not asked for, for the messages of assertions that fail.
    pub(super) fn inbox(&self) -> String {
        let inbox = self.inner.inbox.lock();
        let lines: Vec<_> = inbox
            .iter()
            .map(|message| format!("{} {} {:?}", message.topic, message.event, message.payload))
            .collect();
        if lines.is_empty() {
            "nothing else has arrived".to_owned()
        } else {
            format!("arrived: {}", lines.join("; "))
        }
    }
}

/// The status and the response of a `phx_reply`.
pub(super) fn reply(payload: &Payload) -> (Status, Payload) {
    #[derive(serde::Deserialize)]
    struct Body {
        status: String,
        response: Box<RawValue>,
    }
    match payload.parse::<Body>() {
        Ok(Body { status, response }) if status == "ok" => (Status::Ok, Payload::Json(response)),
        Ok(Body { response, .. }) => (Status::Error, Payload::Json(response)),
        // A binary reply: its status was put into the event.
        Err(_) => (Status::Ok, payload.clone()),
    }
}

fn decode(frame: &[u8]) -> Option<Arrived> {
    type Message = (Option<String>, Option<String>, String, String, Box<RawValue>);
    if let Ok((_, message_ref, topic, event, payload)) = serde_json::from_slice::<Message>(frame) {
        return Some(Arrived { message_ref, topic, event, payload: Payload::Json(payload) });
    }
    let (lengths, mut rest) = match frame {
        [0, a, b, c, rest @ ..] => (vec![*a, 0, *b, *c], rest),
        [1, a, b, c, d, rest @ ..] => (vec![*a, *b, *c, *d], rest),
        [2, a, b, rest @ ..] => (vec![0, 0, *a, *b], rest),
        _ => return None,
    };
    let mut fields = lengths.into_iter().map(|length| {
        let (field, after) = rest.split_at_checked(usize::from(length))?;
        rest = after;
        String::from_utf8(field.to_vec()).ok()
    });
    let (_, message_ref, topic, event) = (fields.next()??, fields.next()??, fields.next()??, fields.next()??);
    drop(fields);
    let is_reply = frame[0] == 1;
    Some(Arrived {
        message_ref: is_reply.then_some(message_ref),
        topic,
        event: if is_reply { "phx_reply".to_owned() } else { event },
        payload: Payload::Binary(bytes::Bytes::copy_from_slice(rest)),
    })
}
