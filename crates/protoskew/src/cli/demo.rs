//! `protoskew demo`.
use super::args::{DemoArgs, Shared};
use super::{FINE, Failure};

pub(super) fn run(_args: &DemoArgs, _shared: &Shared) -> Result<u8, Failure> {
    Ok(FINE)
}
