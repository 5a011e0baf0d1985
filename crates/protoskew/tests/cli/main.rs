//! The program as a person runs it: arguments and repositories in; text, files and exit codes out.

mod bytes;
mod check;
mod components;
mod configuration;
mod generated;
mod images;
mod init;
mod json_links;
mod odd;
mod output;
mod pages;
mod pairs;
mod past;
mod plan;
mod program;
mod repositories;
mod standing;
mod stores;
