//! `tap-racer top`: how a running server fares, on a terminal. It asks the server's `/metrics` as any
//! Prometheus does, and knows nothing of a server but that.

mod fetch;
mod figures;
mod scrape;
mod screen;

use std::{
    io::{self, IsTerminal, Write},
    thread,
    time::Duration,
};

use clap::Args;
use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers},
};
use thiserror::Error;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{clock, config::span};

use fetch::{MetricsUrl, NotFetched};
use scrape::Scrape;
use screen::Screen;

/// Whose metrics, and how often.
#[derive(Debug, Args)]
pub struct Top {
    /// The server; with --metrics-listen, that address.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4000")]
    url: MetricsUrl,

    /// Between two looks.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = span)]
    every: Duration,

    /// Prints what is between two looks and ends, as it does without a terminal.
    #[arg(long)]
    once: bool,
}

/// Why nothing is shown.
#[derive(Debug, Error)]
pub enum TopError {
    /// No metrics.
    #[error("{server}: {reason}")]
    NotFetched {
        /// Who was asked.
        server: String,
        /// Why not.
        reason: NotFetched,
    },
    /// The terminal, or the output.
    #[error(transparent)]
    Terminal(#[from] io::Error),
}

impl Top {
    /// Shows it until somebody presses a key to end it.
    ///
    /// # Errors
    /// When there is no terminal that can be drawn on; and without one, when the server does not answer.
    pub async fn run(self) -> Result<(), TopError> {
        // More often than that a server would be looked at more than it works.
        let every = self.every.max(Duration::from_millis(100));
        if self.once || !io::stdout().is_terminal() {
            return self.print(every).await;
        }
        let mut terminal = ratatui::try_init()?;
        let shown = self.watch(every, &mut terminal).await;
        ratatui::restore();
        shown
    }

    async fn print(&self, every: Duration) -> Result<(), TopError> {
        let mut screen = Screen::new(self.url.server());
        for is_first in [true, false] {
            let scrape = self.url.fetch().await;
            let server = self.url.server();
            screen.show(scrape.map_err(|reason| TopError::NotFetched { server, reason })?);
            if is_first {
                sleep(every).await;
            }
        }
        let table = screen.groups().map(|groups| figures::table(&groups)).unwrap_or_default();
        Ok(io::stdout().write_all(table.as_bytes())?)
    }

    async fn watch(&self, every: Duration, terminal: &mut DefaultTerminal) -> Result<(), TopError> {
        let mut screen = Screen::new(self.url.server());
        let mut keys = events();
        let mut terminated = signal(SignalKind::terminate())?;
        let mut scrapes = scrapes(self.url.clone(), every);
        loop {
            let now = clock::wall_clock().0 as f64 / 1000.0;
            terminal.draw(|frame| screen.draw(frame, now))?;
            tokio::select! {
                event = keys.recv() => match event {
                    Some(Event::Key(key)) if ends(key) => return Ok(()),
                    // Another size: it is drawn anew.
                    Some(_) => {}
                    None => return Ok(()),
                },
                _ = terminated.recv() => return Ok(()),
                Some(scrape) = scrapes.recv() => match scrape {
                    Ok(scrape) => screen.show(scrape),
                    Err(reason) => screen.miss(reason.to_string()),
                },
            }
        }
    }
}

/// What the server answers, as long as somebody wants to know.
fn scrapes(url: MetricsUrl, every: Duration) -> mpsc::Receiver<Result<Scrape, NotFetched>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut looks = interval(every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if sender.send(url.fetch().await).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// What happens at the terminal. Reading it blocks; the thread ends with the process.
fn events() -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel(16);
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            if sender.blocking_send(event).is_err() {
                return;
            }
        }
    });
    receiver
}

fn ends(key: KeyEvent) -> bool {
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    matches!(key.code, KeyCode::Char('q' | 'Q') | KeyCode::Esc)
        || is_control && matches!(key.code, KeyCode::Char('c' | 'd'))
}
