//! Drawings, made on the server: SVG whose x is in percent and whose y is fixed, with classes and no style.
//! They stretch, print and follow the colours without a line of script. Each says what it shows in a sentence.

mod canvas;
mod chain;
mod curve;
mod labels;
mod lead_time;
mod row;
mod ruler;
mod strip;
mod tally;

pub use canvas::Drawing;
pub use chain::{Chain, chain};
pub use curve::{Forecast, forecast, spark, trend};
pub use lead_time::{Fit, LeadTime, fit, fit_bar, lead_time};
pub use row::{Calendar, Row, months, row};
pub use ruler::ruler;
pub use strip::{Milestone, Span, Square, Strip, strip};
pub use tally::{Tally, bar, meter, ring};
