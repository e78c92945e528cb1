//! A large field in a few numbers, each by one pass over it and without a sort.

use std::collections::BinaryHeap;

use super::Race;
use crate::finish::Order;
use crate::racer::{Lane, Racer};
use crate::rules::Rules;

/// How a field is spread over its course.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pack {
    /// The end of the course: its taps, thousandths of it where courses differ, or, where there is none, the
    /// most taps that anybody has; at least 1.
    pub to: u32,
    /// How many racers stand in each of the equal slices of `0..to`; in the last one also who is at the end.
    pub counts: Vec<u32>,
}

impl Race {
    /// How many are seated.
    pub fn seated(&self) -> usize {
        self.roster.seated()
    }

    /// The first `most` of the heat, best first; ties in lane order. In a tug those with the most taps.
    pub fn leaders(&self, most: usize) -> Vec<&Racer> {
        let order = match self.order() {
            Order::Teams { .. } => Order::Racers { dead_heat: self.settings.dead_heat, shares: None },
            order => order,
        };
        // The worst of the best is on top.
        let mut best = BinaryHeap::with_capacity(most + 1);
        for racer in self.field() {
            let key = order.key(racer);
            if best.len() < most || best.peek().is_some_and(|worst| key < *worst) {
                best.push(key);
            }
            if best.len() > most {
                best.pop();
            }
        }
        let lanes = best.into_sorted_vec().into_iter().map(Order::lane);
        lanes.filter_map(|lane| self.roster.in_lane(lane)).collect()
    }

    /// How everybody of the heat is spread over the course, in so many slices.
    pub fn pack(&self, slices: usize) -> Pack {
        let (to, come): (u32, fn(&Racer, &Rules) -> u64) = match self.rules.course(1000) {
            Some(_) if self.rules.handicap => (1000, |racer, rules| {
                u64::from(racer.taps) * 1000 / u64::from(racer.course(rules).unwrap_or(1).max(1))
            }),
            course => {
                let most = || self.field().map(|racer| racer.taps).max().unwrap_or(0);
                (course.unwrap_or_else(most).max(1), |racer, _| u64::from(racer.taps))
            }
        };
        let mut counts = vec![0; slices.max(1)];
        let last = counts.len() - 1;
        for racer in self.field() {
            let slice = come(racer, &self.rules) * counts.len() as u64 / u64::from(to);
            counts[usize::try_from(slice).unwrap_or(last).min(last)] += 1;
        }
        Pack { to, counts }
    }

    /// Who has this lane.
    pub fn in_lane(&self, lane: Lane) -> Option<&Racer> {
        self.roster.in_lane(lane)
    }
}
