//! The wire format: a raw walker, what each runtime does with what it reads, and what becomes of a value on its way.
//!
//! Depends on none of the other crates: schemas come in as tables of shapes.

mod decode;
mod encode;
pub mod judge;
pub mod outcome;
pub mod print;
pub mod raw;
pub mod runtime;
pub mod shape;
pub mod value;
pub mod witness;

pub use decode::{DEEPEST_MESSAGE, Refusal, decode, decode_with_groups};
pub use encode::{encode, write_varint};
pub use judge::{Judgement, Meanings, NumberMeaning, Passage, judge};
pub use outcome::{ByRuntime, Outcome};
pub use runtime::Runtime;
pub use shape::Shapes;
pub use value::Message;
pub use witness::Witness;
