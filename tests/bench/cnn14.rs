//! What CNN14 in full size costs: `cargo bench --bench cnn14 -- FOLDER [ENGINE]`, ENGINE as in `inference.engine`.
//!
//! Makes a checkpoint with seeded weights, imports it, and scans FOLDER with it. The ceiling is what the processors
//! allow: their number through the processor time of a bare inference and of decoding and front end, a window. The
//! figures to reach: 95 % of the ceiling, at most 200 MB above the memory of a bare session.

mod seeded;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};
use std::{env, fs};

use indexer::testing::{BareInference, ModelInput, import_model, model_inputs};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Windows that the bare session computes: as long a stretch as a scan of a small folder, for a processor is faster in
/// its first seconds.
const BARE: usize = 120;

/// Times that a bare session and a scan are measured, one after the other: other work of the machine reaches both.
const ROUNDS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let work = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cnn14");
    let (checkpoint, store) = (work.join("cnn14_full.pth"), work.join("store"));
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["part-import"] => return part(|| import_all(&checkpoint, &store.join("models"))),
        ["part-bare", folder, engine] => return part(|| bare(Path::new(folder), &store, engine)),
        _ => {}
    }
    let Some(folder) = arguments.first() else {
        println!("usage: cargo bench --bench cnn14 -- FOLDER [ENGINE]");
        return Ok(());
    };
    let engine = arguments.get(1).map_or("auto", String::as_str);
    fs::create_dir_all(&work)?;
    if !checkpoint.exists() {
        seeded::write(&checkpoint)?;
    }
    let imported = run_part(&["part-import"])?;
    println!(
        "import         {:8.2} s   peak {:.0} MB",
        number(&imported["seconds"]),
        mega(&imported["peak"])
    );

    let begin = processor(ClockId::ProcessCPUTime);
    let mut windows = 0;
    for file in files(Path::new(folder))? {
        // What cannot be decoded has no windows.
        drop(model_inputs("cnn14", &store.join("models"), &file, &mut |_| windows += 1));
    }
    let front = (processor(ClockId::ProcessCPUTime) - begin) / f64::from(windows);
    println!("decode + input {:8.1} ms of one core a window, {windows} windows", 1e3 * front);

    let cores = available_parallelism()?.get() as f64;
    let mut shares = Vec::new();
    for _ in 0..ROUNDS {
        let bare = run_part(&["part-bare", folder, engine])?;
        let (wall, cpu, open) = (number(&bare["wall"]), number(&bare["cpu"]), number(&bare["open"]));
        println!("engine         {}", bare["engine"].as_str().unwrap_or_default());
        println!("loading        {open:8.2} s   peak {:.0} MB", mega(&bare["peak"]));
        println!("bare inference {:8.2} windows/s, {:.0} ms of one core each", 1.0 / wall, 1e3 * cpu);

        drop(fs::remove_file(store.join("library.redb")));
        let scan = scan(Path::new(folder), &store, engine)?;
        let seconds = number(&scan["seconds"]);
        let speed = f64::from(windows) / (seconds - open);
        let ceiling = cores / (cpu + front);
        let busy = (number(&scan["cpu"]) - number(&bare["open_cpu"])) / (cores * (seconds - open));
        println!("scan           {seconds:8.2} s   peak of all processes {:.0} MB", mega(&scan["peak"]));
        println!(
            "memory         {:8.0} MB above the bare session",
            mega(&scan["peak"]) - mega(&bare["peak"])
        );
        println!(
            "pipeline       {speed:8.2} windows/s without loading, {:.0} % of the ceiling of {ceiling:.2}, cores idle {:.0} %",
            100.0 * speed / ceiling,
            100.0 * (1.0 - busy)
        );
        shares.push(speed / ceiling);
    }
    shares.sort_by(f64::total_cmp);
    println!("median         {:8.0} % of the ceiling", 100.0 * shares[ROUNDS / 2]);
    Ok(())
}

/// Installs the checkpoint anew, in an empty store.
fn import_all(checkpoint: &Path, models: &Path) -> Result<Value> {
    drop(fs::remove_dir_all(models.parent().ok_or("no store")?));
    let begin = Instant::now();
    import_model(checkpoint, "cnn14", models)?;
    Ok(json!({"seconds": begin.elapsed().as_secs_f64()}))
}

/// Windows of the folder's first files through one session and nothing else.
fn bare(folder: &Path, store: &Path, engine: &str) -> Result<Value> {
    let models = store.join("models");
    let mut inputs: Vec<ModelInput> = Vec::new();
    for file in files(folder)? {
        if inputs.len() < BARE {
            drop(model_inputs("cnn14", &models, &file, &mut |input| inputs.push(input)));
        }
    }
    let mut session = BareInference::start("cnn14", &models, engine)?;
    let (begin, before) = (Instant::now(), processor(ClockId::ProcessCPUTime));
    session.run(&inputs[0])?;
    let open = begin.elapsed().as_secs_f64();
    let open_cpu = processor(ClockId::ProcessCPUTime) - before;
    let (begin, before) = (Instant::now(), processor(ClockId::ProcessCPUTime));
    for input in inputs.iter().cycle().take(BARE) {
        session.run(input)?;
    }
    let each = |total: f64| total / BARE as f64;
    let cpu = each(processor(ClockId::ProcessCPUTime) - before);
    let wall = each(begin.elapsed().as_secs_f64());
    Ok(json!({"engine": session.engine(), "open": open, "open_cpu": open_cpu, "wall": wall, "cpu": cpu}))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

/// Scans with the program itself: its summary, the processor time of all its processes and the sum of their peaks.
fn scan(folder: &Path, store: &Path, engine: &str) -> Result<Value> {
    let before = of_children();
    let mut scan = Command::new(env!("CARGO_BIN_EXE_indexer"))
        .args(["scan", "--method", "cnn14", "--json", "--silent", "--store"])
        .args([store, folder])
        .env("INDEXER_INFERENCE_ENGINE", engine)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut peaks: BTreeMap<u32, u64> = BTreeMap::new();
    while scan.try_wait()?.is_none() {
        // Workers are children of the threads that feed them.
        let tasks = fs::read_dir(format!("/proc/{}/task", scan.id())).into_iter().flatten().flatten();
        let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let ids: Vec<u32> = lists.flat_map(|list| numbers(&list)).chain([scan.id()]).collect();
        for id in ids {
            let known = peaks.entry(id).or_default();
            *known = peak(id).max(*known);
        }
        sleep(Duration::from_millis(5));
    }
    let output = scan.wait_with_output()?;
    let mut summary: Value = serde_json::from_slice(&output.stdout)?;
    summary["cpu"] = (of_children() - before).into();
    summary["peak"] = peaks.values().sum::<u64>().into();
    Ok(summary)
}

fn numbers(list: &str) -> Vec<u32> {
    list.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// Runs one part in a process of its own, so that its memory is its own.
fn run_part(arguments: &[&str]) -> Result<Value> {
    let output = Command::new(env::current_exe()?).args(arguments).stderr(Stdio::inherit()).output()?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn part(work: impl FnOnce() -> Result<Value>) -> Result<()> {
    let mut result = work()?;
    result["peak"] = peak(std::process::id()).into();
    println!("{result}");
    Ok(())
}

/// The most memory (KiB) that a process has held so far.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// Processor time (s) of all children that have ended, and of theirs.
fn of_children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold blanks; cutime and cstime are fields 16 and 17 of proc(5).
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(13).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / rustix::param::clock_ticks_per_second() as f64
}

fn processor(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn mega(kibibytes: &Value) -> f64 {
    number(kibibytes) * 1024.0 / 1e6
}
