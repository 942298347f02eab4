//! Tests of `imagery`: GDAL is the oracle, the loopback bucket the network.

mod headers;
mod network;
mod oracle;
mod tiffs;
