//! The schedule of features and of migrations, as text and as a picture.

mod columns;
mod svg;
mod text;

pub use svg::write as write_svg;
pub use text::{write, write_migration};
