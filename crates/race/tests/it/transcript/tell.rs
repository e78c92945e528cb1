//! Values as a transcript shows them.

use race::{NoReplay, Place, Racer, Run, Team, Trace, Why};

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

pub fn replay(trace: &Trace, run: Result<Run, NoReplay>) -> String {
    let run = match run {
        Ok(run) => run,
        Err(why) => return why.to_string(),
    };
    let mut line = format!("{} taps", run.taps);
    if let Some(time) = run.time {
        line += &format!(" in {}", time.0);
    }
    for (what, count) in [("refused", run.refused), ("false starts", run.false_starts)] {
        if count > 0 {
            line += &format!(", {what} {count}");
        }
    }
    if run.flagged {
        line += ", flagged";
    }
    let points: Vec<String> = run.outline(6).iter().map(|(at, taps)| format!("{taps} at {}", at.0)).collect();
    format!(
        "{line}; {}; {} steps, {} bytes",
        points.join(", "),
        trace.steps().count(),
        trace.as_bytes().len()
    )
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
