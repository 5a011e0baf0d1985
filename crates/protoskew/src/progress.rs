//! Progress on standard error: only on a terminal, and only for work that lasts long enough to be wondered about.

use std::io::IsTerminal;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is over sooner than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// A line that says what is being done. It is gone when this value is dropped.
pub struct Progress {
    bar: ProgressBar,
    /// Dropping it wakes the thread that waits for [`PATIENCE`] to run out.
    waiting: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Progress {
    /// Shows itself where standard error is a terminal.
    pub fn on_terminal(what: &str) -> Self {
        if std::io::stderr().is_terminal() {
            Self::shown(what)
        } else {
            Self::silent()
        }
    }

    /// Never shows itself: for pipes, tests and `--quiet`.
    pub fn silent() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            waiting: None,
            thread: None,
        }
    }

    /// Says what is being done now.
    pub fn now(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// Says how many steps there are, which turns the spinner into a bar.
    pub fn steps(&self, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_style(style("{msg} {bar:24} {pos}/{len}"));
    }

    /// One step is done. May be called from any thread.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    fn shown(what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_style(style("{spinner} {msg}"));
        bar.set_message(what.to_owned());
        let (waiting, over) = mpsc::channel::<()>();
        let later = bar.clone();
        let thread = thread::spawn(move || {
            if over.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                later.set_draw_target(ProgressDrawTarget::stderr());
                later.enable_steady_tick(TICK);
            }
        });
        Self {
            bar,
            waiting: Some(waiting),
            thread: Some(thread),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.waiting.take());
        // Joined before clearing, else the thread could draw the line once more behind our back.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_valid() {
        for template in ["{spinner} {msg}", "{msg} {bar:24} {pos}/{len}"] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn short_work_ends_at_once() {
        let started = std::time::Instant::now();
        let progress = Progress::shown("reading");
        progress.steps(2);
        progress.step();
        progress.now("comparing");
        drop(progress);
        // Only that dropping does not wait for the patience to run out; generous, the machine may be busy.
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
