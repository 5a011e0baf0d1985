//! The checks that need the whole schema. Like protoc's, but in our own words.

use super::Diagnostics;
use crate::Schema;

pub(crate) fn validate(_schema: &mut Schema, _diagnostics: &mut Diagnostics) {}
