//! Tests of `store`.

mod archive;
mod files;
mod gallery;
mod interop;
mod ndvi;
mod one_page;
mod pages;
mod rerun;
mod sample;
mod tables;
mod timeseries;
mod wheat_season;
