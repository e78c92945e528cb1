//! The server as a whole: what it is made of, how it starts, how it stops.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use ::channels::{Drain, Endpoint, Presence, Server};
use thiserror::Error;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};
use tracing::info;
use warp::Filter;

use crate::{
    accounts::Accounts,
    address::Addresses,
    api,
    boards::Boards,
    channels,
    clock::{self, Clock},
    config::{Config, HostKey},
    db::{Db, DbError, Source},
    metrics::Metrics,
    news,
    ops::{self, Apart, Ops},
    pages,
    rate::PerAddress,
    records::{Recorder, Records},
    restore::{self, SavedRooms},
    room::UpdateBudget,
    rooms::{House, RoomId, Rooms},
    scores::Scores,
    store::{Keeper, Saves, StoreError},
    tokens::{Keys, SecretError},
};

/// How long clients are waited for when the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Who has ended a session elsewhere waits this long for its connections to be closed here.
const LOOK_AFTER_SESSIONS: Duration = Duration::from_secs(15);

/// Tickets for one address, which a hall full of guests may share. Who gets none comes without.
const TICKETS_PER_MINUTE: u32 = 3000;

/// What all channels and requests share.
pub struct App {
    /// All rooms.
    pub rooms: Rooms,
    /// How often somebody may make a room.
    pub room_making: PerAddress,
    /// How often somebody may have a ticket.
    pub ticket_giving: PerAddress,
    /// Who is in which chat.
    pub presence: Presence,
    /// What seats and host links are signed with.
    pub keys: Arc<Keys>,
    /// How phones get here.
    pub addresses: Addresses,
    /// The database of accounts.
    pub db: Db,
    /// Who has one.
    pub accounts: Accounts,
    /// What games have made in it.
    pub scores: Scores,
    /// Where to hear of what is recorded.
    pub records: Records,
    /// Who is the fastest in it.
    pub boards: Boards,
    /// What a host of the house room must know.
    pub host_key: Option<HostKey>,
    /// The server's time.
    pub clock: Clock,
}

/// Why the server did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is in use, or not ours.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// No key to sign with.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Another server runs on the data folder, or a newer one has.
    #[error(transparent)]
    Store(StoreError),
    /// The database of accounts is a newer program's.
    #[error(transparent)]
    Database(DbError),
}

/// A server that runs.
pub struct Running {
    endpoint: Endpoint,
    addresses: Addresses,
    rooms: Rooms,
    db: Db,
    recorder: Recorder,
    news: JoinHandle<()>,
    keeper: Keeper,
    ops: Arc<Ops>,
    apart: Option<Apart>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl App {
    /// Starts a server in the current runtime, with the rooms that an earlier one has saved.
    ///
    /// # Errors
    /// When it cannot listen, has no key, or another server has the data folder. One that cannot save
    /// its rooms starts nevertheless, and says so in the log.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let ops = Ops::start();
        let apart = config.metrics_listen.map(bind).transpose()?;
        let for_machines = ops::on_port(&ops, apart.is_none());
        let apart = apart.map(|server| ops::serve(&ops, server));
        let data = config.data.clone();
        let keys = Keys::open(&data)?;
        let mut store = restore::open(&data).await.map_err(StartError::Store)?;
        let database = Source::new(config.database_url.clone(), &data);
        let db = Db::open(database).await.map_err(StartError::Database)?;
        let server = bind(config.listen)?;
        let saved = SavedRooms::load(&mut store, &config.settings()).await;
        let clock = Clock::start(saved.latest());
        let endpoint = channels::endpoint();
        let saves = Saves::default();
        let app = Arc::new(App::new(
            config,
            keys,
            clock,
            server.local_addr(),
            &endpoint,
            saves.clone(),
            db.clone(),
        ));
        saved.restore(&app.rooms, &mut store).await;
        let rooms = app.rooms.clone();
        let keeper = Keeper::start(saves.clone(), data, store, move || rooms.save_all());
        let recorded = app.records.subscribe();
        let news = news::spread(recorded, db.clone(), endpoint.clone(), app.boards.clone());
        let news = tokio::spawn(news);
        let recorder = Recorder::start(saves, db.clone(), app.records.clone(), app.rooms.clone());
        let (addresses, rooms) = (app.addresses.clone(), app.rooms.clone());
        let socket = endpoint.mount("/socket", channels::socket(app.clone()));
        let everything =
            socket.or(api::filter(app.clone())).unify().or(for_machines).unify().or(pages::filter()).unify();
        let (stop, stopped) = oneshot::channel();
        // Also when the handle is dropped: nobody could stop it any more.
        let until = async move { drop(stopped.await) };
        let serving = tokio::spawn(server.run(everything, until));
        tokio::spawn(look_after_sessions(Arc::downgrade(&app)));
        ops.open(rooms.clone(), db.clone());
        info!(address = %addresses.listening, "listening");
        Ok(Running { endpoint, addresses, rooms, db, recorder, news, keeper, ops, stop, serving, apart })
    }

    /// A server that listens nowhere yet.
    pub(crate) fn new(
        config: Config,
        keys: Keys,
        clock: Clock,
        listening: SocketAddr,
        endpoint: &Endpoint,
        saves: Saves,
        db: Db,
    ) -> App {
        let keys = Arc::new(keys);
        let rooms = Rooms::new(House {
            endpoint: endpoint.clone(),
            keys: keys.clone(),
            clock,
            metrics: Arc::new(Metrics::new()),
            updates: UpdateBudget::begin(),
            saves,
            settings: config.settings(),
            max_rooms: config.max_rooms,
            joins_per_second: config.joins_per_second,
            room_idle: config.room_idle,
            room_unused: config.room_unused,
        });
        let accounts = Accounts::new(db.clone(), keys.clone(), endpoint, &config);
        App {
            rooms,
            presence: Presence::new(endpoint),
            ticket_giving: PerAddress::new(TICKETS_PER_MINUTE),
            room_making: PerAddress::new(config.rooms_per_minute),
            keys,
            addresses: Addresses { public_url: config.public_url, listening },
            scores: Scores::new(db.clone()),
            boards: Boards::new(db.clone(), endpoint, clock::wall_clock),
            db,
            accounts,
            records: Records::default(),
            host_key: config.host_key,
            clock,
        }
    }

    /// Whether a console needs a token to control this room.
    pub fn requires_host_token(&self, room: RoomId) -> bool {
        room != RoomId::House || self.host_key.is_some()
    }
}

fn bind(address: SocketAddr) -> Result<Server, StartError> {
    Server::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// Until there is no server any more.
async fn look_after_sessions(app: Weak<App>) {
    loop {
        sleep(LOOK_AFTER_SESSIONS).await;
        let Some(app) = app.upgrade() else { return };
        if let Err(error) = app.db.within(app.accounts.hang_up_on_the_ended()).await {
            app.db.note(&error);
        }
    }
}

impl Running {
    /// Where it listens, with its true port.
    pub fn local_addr(&self) -> SocketAddr {
        self.addresses.listening
    }

    /// The house room's screen.
    pub fn console_url(&self) -> String {
        format!("{}{}", self.addresses.base(None), RoomId::House.path("console"))
    }

    /// The house room's phones.
    pub fn join_url(&self) -> String {
        self.addresses.join_url(None, &RoomId::House)
    }

    /// Where metrics are served, if not there.
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.apart.as_ref().map(|apart| apart.address)
    }

    /// Waits until serving fails, which it does not as a rule.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn failed(&mut self) -> io::Result<()> {
        (&mut self.serving).await?
    }

    /// Takes nobody in any more, and tells everybody to come back later.
    pub async fn shutdown(self) {
        self.ops.stop();
        let _ = self.stop.send(());
        // A heat does not go on while its phones are sent away.
        self.rooms.freeze_all().await;
        self.endpoint.drain(Drain { deadline: FAREWELL, ..Drain::default() }).await;
        if !self.serving.is_finished() {
            let _ = self.serving.await;
        }
        self.recorder.close().await;
        self.news.abort();
        self.keeper.close().await;
        self.db.close().await;
    }
}
