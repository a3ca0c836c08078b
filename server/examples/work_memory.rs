//! What heavy work leaves in memory: 40 sets of recovery codes are made at once, each of a network of its own, and the
//! process's greatest resident size is printed (`VmHWM`, in KiB). By hand: `cargo run --release --example work_memory`.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use postern::workers::Workers;
use postern_core::model::{Network, StretchCost};
use postern_core::port::{BlockingPool, WorkError, WorkOrder, WorkPriority};
use postern_core::seal::stretch;

const AT_ONCE: u32 = 40;
/// Codes of a set.
const CODES: u8 = 10;

fn high_water() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown").to_owned()
}

fn make_set() {
    for number in 0..CODES {
        if let Err(error) = stretch(&[number; 16], &[number; 16], StretchCost::PRESENT) {
            println!("{error}");
        }
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    println!("before: {}", high_water());
    let workers: Arc<dyn BlockingPool> = Arc::new(Workers::of_machine()?);
    let renewals = (0..AT_ONCE).map(|number| {
        let network = Network::from(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number)));
        let workers = Arc::clone(&workers);
        tokio::spawn(async move { workers.answer(WorkOrder::new(WorkPriority::Creation, network), make_set).await })
    });
    let mut refused = 0;
    for renewal in renewals.collect::<Vec<_>>() {
        if matches!(renewal.await, Ok(Err(WorkError::ShareExceeded | WorkError::QueueFull))) {
            refused += 1;
        }
    }
    println!("after {AT_ONCE} at once, {refused} of them refused: {}", high_water());
    Ok(())
}
