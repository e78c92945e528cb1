//! Hangman over channels: a whole server of a game that several browsers play together.
//!
//!     npm ci --prefix web                                  # once: fetches the npm package phoenix
//!     cargo run -p channels --example hangman -- --port 4040
//!
//! | topic | join is answered with | the client pushes | the server broadcasts |
//! | --- | --- | --- | --- |
//! | `hangman:new` | `{game}`, a name that is free | | |
//! | `hangman:GAME` | the tally | `guess {letter}`, `new_game {}` | `tally`, after every change |
//!
//! A tally is `{state, guesses_left, letters, guessed, word}`. A push is answered `ok`, or `error`
//! with `{reason}`.
//!
//! The crate `hangman` has the rules and knows of no network; the crate `channels` has the network
//! and knows of no game. They meet in this file, and it is all there is between them.

#[path = "hangman/games.rs"]
mod games;

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use anyhow::{Context, anyhow};
use channels::{
    Channel, ChannelSocket, Crash, Drain, Endpoint, Handled, JoinError, Joined, Limits, Payload, Server,
    Socket,
};
use clap::Parser;
use games::{Games, SharedGame};
use hangman::{Game, Letter, Word};
use serde::Deserialize;
use serde_json::{Value, json};
use warp::{Filter, http::header::CONTENT_TYPE};

/// What everybody in a game is told. Only here does the game become JSON.
fn show(game: &Game) -> Value {
    let tally = game.tally();
    json!({
        "state": tally.state.to_string(),
        "guesses_left": tally.guesses_left,
        "letters": tally.letters.iter().map(|letter| letter.map(char::from)).collect::<Vec<_>>(),
        "guessed": tally.guessed.iter().map(char::from).collect::<Vec<_>>(),
        "word": tally.word.map(|word| word.to_string()),
    })
}

/// `hangman:new`, for who wants a game and not to think of a name for it. A channel may be as
/// small as this: what it has to say is said in the answer to the join.
struct Reception;

impl Channel for Reception {
    type Assigns = Games;
    type Info = ();

    async fn join(_: &str, _: Payload, socket: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
        Ok(Joined::replying(Self, json!({ "game": socket.assigns.free_name() }))?)
    }
}

/// `hangman:GAME`: one player's part in one game. Each player has a `Table` of their own, and those
/// of one topic share its game.
struct Table {
    game: SharedGame,
}

/// Sent by a channel to itself.
struct AfterJoin;

impl Channel for Table {
    type Assigns = Games;
    type Info = AfterJoin;

    async fn join(
        topic: &str,
        _: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Joined<Self>, JoinError> {
        let name = topic.strip_prefix("hangman:").unwrap_or_default();
        // A refusal is an answer like any other: the client gets {"reason": ...} and stays out.
        let game = socket.assigns.open(name).map_err(JoinError::reason)?;
        let tally = show(&game.lock());
        // A join becomes a subscription when it is granted, and not before: a guess made right now
        // by somebody else is broadcast without us. So we look again once we are in.
        let _ = socket.channel_ref().send(AfterJoin);
        Ok(Joined::replying(Self { game }, tally)?)
    }

    async fn handle_info(
        &mut self,
        AfterJoin: AfterJoin,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        let game = self.game.lock();
        // To this client alone; the others know.
        socket.push("tally", show(&game))?;
        Ok(Handled::NoReply)
    }

    async fn handle_in(
        &mut self,
        event: &str,
        payload: Payload,
        socket: &mut ChannelSocket<Self>,
    ) -> Result<Handled, Crash> {
        // Callbacks of different players run side by side. The lock is held until the broadcast is
        // on its way (which never waits), so that tallies go out in the order of the guesses.
        let mut game = self.game.lock();
        let played = match event {
            "guess" => guess(&mut game, &payload),
            "new_game" => {
                *game = socket.assigns.deal();
                Ok(())
            }
            _ => Err(anyhow!("there is no event {event:?}")),
        };
        // An error of the player's is answered. An `Err` from here would be a crash of ours: the
        // client would be sent `phx_error`, and would join again.
        if let Err(error) = played {
            return Ok(Handled::reason(&error.to_string()));
        }
        // To everybody who has joined the topic, this client among them: it learns the outcome as
        // all others do, and the answer to its push needs to say no more than "ok".
        socket.broadcast("tally", show(&game))?;
        Ok(Handled::ok(json!({}))?)
    }
}

fn guess(game: &mut Game, payload: &Payload) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Guess {
        letter: String,
    }
    let Guess { letter } = payload.parse().context("a guess is {\"letter\": \"e\"}")?;
    game.guess(letter.parse::<Letter>()?)?;
    Ok(())
}

/// Serves Hangman to browsers.
#[derive(Parser)]
struct Options {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 4040)]
    port: u16,
    /// The address to listen on; 0.0.0.0 lets in the phones of your network.
    #[arg(long, default_value = "127.0.0.1")]
    ip: IpAddr,
    /// The npm package's phoenix.mjs, which the page loads; by default that of the folder web.
    #[arg(long, value_name = "FILE", hide_default_value = true, default_value = concat!(
        env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules/phoenix/priv/static/phoenix.mjs"))]
    phoenix: PathBuf,
    /// The word of every game, instead of a random one.
    #[arg(long)]
    word: Option<Word>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let client = fs::read_to_string(&options.phoenix).with_context(|| {
        let file = options.phoenix.display();
        format!(
            "the page needs the npm package phoenix, and cannot read {file}\n\
             Run `npm ci --prefix web` in the repository, or name the file: --phoenix FILE"
        )
    })?;

    // The endpoint, and on it a socket: who connects is given the games (this is where a server
    // with accounts would look at a token), and topics go to the first channel that fits.
    let games = Games::new(options.word);
    let endpoint = Endpoint::new(Limits::default());
    let socket = Socket::new(move |_| std::future::ready(Ok(games.clone())))
        .channel::<Reception>("hangman:new")
        .channel::<Table>("hangman:*");

    // To warp the socket is one more filter, beside those of the page.
    let script =
        |text: String| warp::reply::with_header(text, CONTENT_TYPE, "text/javascript; charset=utf-8");
    let page = warp::path::end().map(|| warp::reply::html(include_str!("hangman/index.html")));
    let code = warp::path!("hangman.js").map(move || script(include_str!("hangman/hangman.js").to_owned()));
    let client = warp::path!("phoenix.mjs").map(move || script(client.clone()));
    let routes = endpoint.mount("/socket", socket).or(warp::get().and(page.or(code).or(client)));

    let address = SocketAddr::new(options.ip, options.port);
    let server = Server::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    println!("Hangman  http://{}/", server.local_addr());
    server.run(routes, async { _ = tokio::signal::ctrl_c().await }).await?;
    // Tells the clients that the server restarts, so that they come back by themselves.
    endpoint.drain(Drain::default()).await;
    Ok(())
}
