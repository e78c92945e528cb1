//! How racers are told apart: a colour and, for those who cannot see it, a shape.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const COLOURS: [&str; 12] =
    ["red", "orange", "yellow", "lime", "green", "teal", "cyan", "blue", "indigo", "purple", "pink", "brown"];
const SHAPES: [&str; 8] = ["circle", "square", "triangle", "diamond", "star", "hexagon", "heart", "cross"];

/// A colour of the pages' palette, by its name there.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Colour(u8);

/// A shape that the pages draw, by its name there.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Shape(u8);

/// Both.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Never alone.
    pub colour: Colour,
    /// Beside the colour wherever it is shown.
    pub shape: Shape,
}

fn position(names: &[&str], wanted: &str) -> Option<u8> {
    names.iter().zip(0..).find_map(|(name, index)| (*name == wanted).then_some(index))
}

impl Colour {
    /// The colour of this name, if there is one.
    pub fn named(name: &str) -> Option<Colour> {
        position(&COLOURS, name).map(Colour)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        COLOURS[usize::from(self.0)]
    }
}

impl Shape {
    /// The shape of this name, if there is one.
    pub fn named(name: &str) -> Option<Shape> {
        position(&SHAPES, name).map(Shape)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        SHAPES[usize::from(self.0)]
    }
}

impl Look {
    const ALL: usize = COLOURS.len() * SHAPES.len();

    /// All pairs, each once, in an order in which neighbours differ in both.
    fn all() -> impl Iterator<Item = Look> {
        (0..Look::ALL).map(|index| {
            // Colour and shape both step; after 24 steps, where 12 and 8 come round together, the shapes
            // are shifted by one.
            let colour = index % COLOURS.len();
            let shape = (index + index / 24) % SHAPES.len();
            Look { colour: Colour(colour as u8), shape: Shape(shape as u8) }
        })
    }

    /// For somebody of whom nothing is known.
    pub fn plain() -> Look {
        Look { colour: Colour(0), shape: Shape(0) }
    }

    fn index(self) -> usize {
        usize::from(self.colour.0) * SHAPES.len() + usize::from(self.shape.0)
    }
}

/// How often each look is worn in a room.
#[derive(Debug)]
pub struct Looks {
    worn: [u32; Look::ALL],
}

impl Default for Looks {
    fn default() -> Looks {
        Looks { worn: [0; Look::ALL] }
    }
}

impl Looks {
    /// The least worn look among those with the colour and the shape asked for.
    pub fn take(&mut self, colour: Option<Colour>, shape: Option<Shape>) -> Look {
        let fits = |look: &Look| {
            colour.is_none_or(|colour| colour == look.colour) && shape.is_none_or(|shape| shape == look.shape)
        };
        let first = Look { colour: colour.unwrap_or(Colour(0)), shape: shape.unwrap_or(Shape(0)) };
        let look = Look::all().filter(fits).min_by_key(|look| self.worn[look.index()]).unwrap_or(first);
        self.worn[look.index()] += 1;
        look
    }

    /// Takes exactly this look.
    pub fn keep(&mut self, look: Look) {
        self.worn[look.index()] += 1;
    }

    /// Somebody who wore it is gone.
    pub fn release(&mut self, look: Look) {
        let worn = &mut self.worn[look.index()];
        *worn = worn.saturating_sub(1);
    }
}

macro_rules! by_name {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let name = String::deserialize(deserializer)?;
                $type::named(&name).ok_or_else(|| serde::de::Error::custom("no such look"))
            }
        }
    };
}
by_name!(Colour);
by_name!(Shape);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ninety_six_racers_all_look_different_and_neighbours_differ_in_both() {
        let mut looks = Looks::default();
        let taken: Vec<Look> = (0..96).map(|_| looks.take(None, None)).collect();
        let different: HashSet<usize> = taken.iter().map(|look| look.index()).collect();
        assert_eq!(different.len(), 96);
        assert!(
            taken.windows(2).all(|pair| pair[0].colour != pair[1].colour && pair[0].shape != pair[1].shape)
        );
    }

    #[test]
    fn what_was_asked_for_is_given_and_the_rest_is_least_worn() {
        let mut looks = Looks::default();
        let teal = Colour::named("teal");
        let shapes: HashSet<&str> = (0..8).map(|_| looks.take(teal, None).shape.as_str()).collect();
        assert_eq!(shapes.len(), 8);
        let both = looks.take(teal, Shape::named("heart"));
        assert_eq!((both.colour.as_str(), both.shape.as_str()), ("teal", "heart"));
    }

    #[test]
    fn a_look_given_back_is_the_next_one_given() {
        let mut looks = Looks::default();
        let taken: Vec<Look> = (0..96).map(|_| looks.take(None, None)).collect();
        looks.release(taken[41]);
        assert_eq!(looks.take(None, None), taken[41]);
    }

    #[test]
    fn unknown_names_are_none() {
        assert_eq!(Colour::named("Red"), None);
        assert_eq!(Shape::named(""), None);
    }
}
