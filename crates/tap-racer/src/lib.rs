//! tap-racer
