//! Values as a transcript shows them.

use race::{Place, Racer, Team, Why};

pub fn place(place: &Place) -> String {
    let mut line = format!("  {} {} {}", place.place, place.name, place.taps);
    if let (Some(time), Some(margin)) = (place.time, place.margin) {
        line += &format!(" in {} +{}", time.0, margin.0);
    }
    if let Some(team) = place.team {
        line += &format!(" {}", side(team));
    }
    if let Some(handicap) = place.handicap {
        line += &format!(" handicap {handicap}");
    }
    if place.dead_heat {
        line += " dead heat";
    }
    if place.refused > 0 {
        line += &format!(" refused {}", place.refused);
    }
    if place.false_starts > 0 {
        line += &format!(" false starts {}", place.false_starts);
    }
    if place.flagged {
        line += " flagged";
    }
    if let Some(why) = place.gone {
        line += &format!(" ({})", reason(why));
    }
    line
}

pub fn show(racer: &Racer) -> String {
    let mut line = format!("{} lane {}: {} of {}", racer.name, racer.lane.0, racer.taps, racer.claimed);
    let parts =
        [("refused", racer.refused), ("false starts", racer.false_starts), ("surplus", racer.surplus)];
    for (what, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
        line += &format!(", {count} {what}");
    }
    let facts = [
        (!racer.connected, ", disconnected"),
        (!racer.in_heat, ", not in heat"),
        (racer.flagged, ", flagged"),
        (racer.bot, ", bot"),
    ];
    line.extend(facts.into_iter().filter(|(holds, _)| *holds).map(|(_, fact)| fact));
    if let Some(team) = racer.team {
        line += &format!(", {}", side(team));
    }
    line
}

pub fn receipt(racer: &Racer) -> String {
    let credited = racer.credited.map_or("never".into(), |credited| format!("at {}", credited.0));
    format!("{} credited {credited}, {} earlier than it came", racer.name, racer.compensated.0)
}

pub fn rope(rope: race::Rope) -> String {
    format!(
        "{} ({} taps of {} left, {} taps of {} right)",
        rope.position, rope.left_taps, rope.left_size, rope.right_taps, rope.right_size
    )
}

pub fn side(team: Team) -> &'static str {
    match team {
        Team::Left => "left",
        Team::Right => "right",
    }
}

pub fn reason(why: Why) -> &'static str {
    match why {
        Why::Left => "left",
        Why::Timeout => "timeout",
        Why::Kicked => "kicked",
    }
}
