"""Analyses lists of music on the nodes of a Ray cluster: one task a list.

    indexer embed --lists-to LISTS ~/Music        # once
    python ray_job.py LISTS OUT                   # again after any failure: finished shards are skipped
    indexer import OUT/*.parquet

Music, LISTS and OUT lie at the same paths on every node (a shared disk, or an object store's mount), and so does indexer, with the
same models. A task that fails, or whose node is lost, is tried again on any node. Needs `pip install ray` on all of them.
"""

import argparse
import pathlib
import subprocess
import sys
import time

import ray


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", type=pathlib.Path, help="the folder that `indexer embed --lists-to` has filled")
    parser.add_argument("out", type=pathlib.Path, help="where the shards are written")
    parser.add_argument("--indexer", default="indexer", help="the program, as every node finds it")
    parser.add_argument("--method", default="all", help="as of `indexer embed`")
    parser.add_argument("--cpus", type=float, default=4, help="processors of a task")
    parser.add_argument("--gpus", type=float, default=0, help="GPUs of a task, such as 0.5 for two tasks on each")
    parser.add_argument("--retries", type=int, default=5, help="how often a list is tried again")
    parser.add_argument("--address", default="auto", help="of the cluster; `local` starts one on this machine")
    options = parser.parse_args()

    lists = sorted(options.lists.resolve().glob("*.list"))
    if not lists:
        sys.exit(f"there is no list in {options.lists}: make some with `indexer embed --lists-to`")
    options.out.mkdir(parents=True, exist_ok=True)
    out = options.out.resolve()
    ray.init(address=None if options.address == "local" else options.address, log_to_driver=False)

    @ray.remote(num_cpus=options.cpus, num_gpus=options.gpus, max_retries=options.retries, retry_exceptions=True)
    def embed(files_from, to):
        line = [options.indexer, "embed", "--files-from", str(files_from), "--to", str(to)]
        line += ["--method", options.method, "--jobs", str(max(1, int(options.cpus))), "--json"]
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{files_from}: {done.stderr.strip() or done.returncode}")

    begin = time.time()
    tasks = {embed.remote(path, out / f"{path.stem}.parquet"): path for path in lists}
    waiting, failed = list(tasks), []
    while waiting:
        ready, waiting = ray.wait(waiting)
        for task in ready:
            try:
                ray.get(task)
            except ray.exceptions.RayError as error:
                failed.append((tasks[task], str(error).strip().splitlines()[-1]))
        done = len(tasks) - len(waiting)
        filled = 40 * done // len(tasks)
        bar = "#" * filled + "." * (40 - filled)
        left = (time.time() - begin) / done * len(waiting)
        end = "\r" if sys.stderr.isatty() and waiting else "\n"
        print(f"{bar} {done}/{len(tasks)} lists, {left:.0f} s left ", end=end, file=sys.stderr, flush=True)
    for path, reason in failed:
        print(f"{path}: {reason}", file=sys.stderr)
    if failed:
        sys.exit(f"{len(failed)} of {len(tasks)} lists failed: the same call tries them again")
    print(f"all {len(tasks)} lists are done: indexer import {out}/*.parquet")


if __name__ == "__main__":
    main()
