//! A server on a terminal: its figures, and how they moved in the last minutes.

use std::collections::VecDeque;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Style, Stylize},
    text::{Line, Span},
    widgets::{Block, Paragraph, Sparkline},
};

use super::{
    figures::{Group, Pulse, groups, span, whole},
    scrape::{Between, Scrape},
};

/// More are not drawn on any terminal.
const MOST: usize = 500;

/// What is known of a server.
pub struct Screen {
    server: String,
    before: Option<Scrape>,
    now: Option<Scrape>,
    /// The oldest first.
    pulses: VecDeque<Pulse>,
    /// Why nothing is known of it now.
    away: Option<String>,
}

impl Screen {
    /// Of a server that was not asked yet.
    pub fn new(server: String) -> Screen {
        Screen { server, before: None, now: None, pulses: VecDeque::new(), away: None }
    }

    /// It has answered.
    pub fn show(&mut self, scrape: Scrape) {
        self.away = None;
        self.before = self.now.replace(scrape);
        let pulse = self.between().map(|between| Pulse::of(&between)).unwrap_or_default();
        if self.pulses.len() == MOST {
            self.pulses.pop_front();
        }
        self.pulses.push_back(pulse);
    }

    /// It has not.
    pub fn miss(&mut self, why: String) {
        self.away = Some(why);
    }

    fn between(&self) -> Option<Between<'_>> {
        Between::new(self.before.as_ref()?, self.now.as_ref()?)
    }

    /// The figures, once there are any.
    pub fn groups(&self) -> Option<[Group; 6]> {
        Some(groups(self.now.as_ref()?, self.between()))
    }

    /// `wall_clock` is in seconds since the Unix epoch.
    pub fn draw(&self, frame: &mut Frame<'_>, wall_clock: f64) {
        let rows = [Constraint::Length(1), Constraint::Length(8), Constraint::Length(8), Constraint::Min(0)];
        let [head, upper, lower, pulses] = Layout::vertical(rows).areas(frame.area());
        frame.render_widget(self.head(wall_clock), head);
        let Some(groups) = self.groups() else { return };
        let thirds = Layout::horizontal([Constraint::Fill(1); 3]);
        let areas = thirds.split(upper).iter().chain(&*thirds.split(lower)).copied().collect::<Vec<Rect>>();
        for (group, area) in groups.iter().zip(areas) {
            self.group(frame, group, area);
        }
        let [taps, messages, cpu] = thirds.areas(pulses);
        self.pulse(frame, "taps/s", Color::Green, taps, |pulse| pulse.taps);
        self.pulse(frame, "messages/s", Color::Cyan, messages, |pulse| pulse.messages);
        self.pulse(frame, "CPU %", Color::Yellow, cpu, |pulse| pulse.cpu);
    }

    fn head(&self, wall_clock: f64) -> Line<'_> {
        let began = self.now.as_ref().and_then(|now| now.value("process_start_time_seconds"));
        let state = match (&self.away, began) {
            (Some(why), _) => Span::raw(format!("  away: {why}  ")).red().bold(),
            (None, Some(began)) => Span::raw(format!("  up {}", span(wall_clock - began))),
            (None, None) => Span::raw("  asking"),
        };
        Line::from(vec![
            " Tap Racer ".bold().reversed(),
            format!(" {}", self.server).into(),
            state,
            "  q quits".dim(),
        ])
    }

    fn group(&self, frame: &mut Frame<'_>, group: &Group, area: Rect) {
        let block = Block::bordered().border_style(Style::new().dim()).title(group.title.bold());
        let width = usize::from(block.inner(area).width);
        let lines = group.figures.iter().map(|(what, value)| {
            let gap = width.saturating_sub(what.chars().count() + value.chars().count());
            Line::from(vec![what.dim(), " ".repeat(gap).into(), value.as_str().into()])
        });
        let figures = Paragraph::new(lines.collect::<Vec<_>>());
        // What is known of a server that is away is old.
        let figures = if self.away.is_some() { figures.dim() } else { figures };
        frame.render_widget(figures.block(block), area);
    }

    fn pulse(&self, frame: &mut Frame<'_>, what: &str, color: Color, area: Rect, of: fn(&Pulse) -> f64) {
        let block = Block::bordered().border_style(Style::new().dim());
        let width = usize::from(block.inner(area).width);
        let values: Vec<f64> = self.pulses.iter().map(of).collect();
        let shown = &values[values.len().saturating_sub(width)..];
        let highest = shown.iter().copied().fold(0.0, f64::max);
        let block = block.title(format!("{what}, top {}", whole(highest)).bold());
        // Fractions of a percent are seen too.
        let data = shown.iter().map(|value| (value * 10.0) as u64);
        let line = Sparkline::default().data(data).max((highest * 10.0).max(10.0) as u64).style(color);
        frame.render_widget(line.block(block), area);
    }
}

#[cfg(test)]
mod tests;
