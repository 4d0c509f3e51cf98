//! A load of so many clients for so long, each with one connection kept open, against this machine only.
//!
//! `load PORT CLIENTS SECONDS FILE`: each line of FILE is one request: `METHOD PATH [BODY]`; lines of `header: value` before the
//! first empty line go with every request. Clients take the lines in turn. Prints one line of JSON.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

struct Tally {
    micros: Vec<u32>,
    bytes: u64,
    failed: u64,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, port, clients, seconds, file] = arguments.as_slice() else { panic!("load PORT CLIENTS SECONDS FILE") };
    let text = std::fs::read_to_string(file).expect("the file of requests");
    let (headers, lines) = text.split_once("\n\n").expect("headers, an empty line, requests");
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(lines.lines().filter(|line| !line.is_empty()).map(|line| request(headers, line)).collect());
    let (port, clients): (u16, usize) = (port.parse().expect("port"), clients.parse().expect("clients"));
    let next = Arc::new(AtomicUsize::new(0));
    let end = Instant::now() + Duration::from_secs_f64(seconds.parse().expect("seconds"));
    let start = Instant::now();
    let running: Vec<_> = (0..clients).map(|_| tokio::spawn(client(port, requests.clone(), next.clone(), end))).collect();
    let mut all = Tally { micros: Vec::new(), bytes: 0, failed: 0 };
    for client in running {
        let tally = client.await.expect("a client");
        all.micros.extend(tally.micros);
        all.bytes += tally.bytes;
        all.failed += tally.failed;
    }
    let took = start.elapsed().as_secs_f64();
    all.micros.sort_unstable();
    let at = |part: f64| all.micros.get(((all.micros.len() as f64 - 1.0) * part) as usize).copied().unwrap_or_default();
    println!(
        "{{\"per_second\":{:.1},\"p50_us\":{},\"p99_us\":{},\"max_us\":{},\"bytes\":{},\"failed\":{}}}",
        all.micros.len() as f64 / took,
        at(0.5),
        at(0.99),
        at(1.0),
        all.bytes / all.micros.len().max(1) as u64,
        all.failed
    );
}

fn request(headers: &str, line: &str) -> Vec<u8> {
    let mut words = line.splitn(3, ' ');
    let (method, path, body) = (words.next().expect("method"), words.next().expect("path"), words.next().unwrap_or_default());
    let headers: String = headers.lines().map(|line| format!("{line}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn client(port: u16, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>, end: Instant) -> Tally {
    let mut tally = Tally { micros: Vec::new(), bytes: 0, failed: 0 };
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server answers");
    stream.set_nodelay(true).expect("no delay");
    let mut held = Vec::with_capacity(1 << 18);
    while Instant::now() < end {
        let request = &requests[next.fetch_add(1, Ordering::Relaxed) % requests.len()];
        let begun = Instant::now();
        stream.write_all(request).await.expect("sending");
        match answer(&mut stream, &mut held).await {
            Some((status, bytes)) => {
                tally.micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
                tally.bytes += bytes as u64;
                tally.failed += u64::from(status >= 400);
            }
            None => {
                tally.failed += 1;
                stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server answers");
                held.clear();
            }
        }
    }
    tally
}

/// Reads one answer and leaves what follows it. Status and length of the body.
async fn answer(stream: &mut TcpStream, held: &mut Vec<u8>) -> Option<(u16, usize)> {
    let head = loop {
        if let Some(end) = held.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(held).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&held[..head]).to_ascii_lowercase();
    let status: u16 = text.split(' ').nth(1)?.parse().ok()?;
    if text.contains("transfer-encoding: chunked") {
        loop {
            if held[head..].ends_with(b"0\r\n\r\n") {
                let bytes = held.len() - head;
                held.clear();
                return Some((status, bytes));
            }
            if stream.read_buf(held).await.ok()? == 0 {
                return None;
            }
        }
    }
    let length: usize =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|it| it.trim().parse().ok()).unwrap_or(0);
    while held.len() < head + length {
        if stream.read_buf(held).await.ok()? == 0 {
            return None;
        }
    }
    held.drain(..head + length);
    Some((status, length))
}
