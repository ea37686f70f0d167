"""Runs the printed Ray job on two nodes of this machine, and kills one of them when a third of the shards is done.

    python two_nodes.py INDEXER JOB LISTS OUT
"""

import os
import pathlib
import signal
import subprocess
import sys
import time

from ray.cluster_utils import Cluster


def descendants(process):
    """All processes below one, and itself."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    found = {process}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def main():
    indexer, job, lists, out = sys.argv[1:]
    lists_of = len(list(pathlib.Path(lists).glob("*.list")))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    lost = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    line = [sys.executable, job, lists, out, "--indexer", indexer, "--cpus", "1", "--method", "mfcc"]
    running = subprocess.Popen(line + ["--address", cluster.address])
    done = lambda: len(list(pathlib.Path(out).glob("*.parquet")))
    while done() < lists_of / 3 and running.poll() is None:
        time.sleep(0.05)
    node = lost.all_processes["raylet"][0].process.pid
    killed = descendants(node)
    working = [process for process in killed if "embed" in pathlib.Path(f"/proc/{process}/cmdline").read_text()]
    print(f"killed a node of {len(killed)} processes, {len(working)} of them at a shard, when {done()} of {lists_of} shards were done", flush=True)
    for process in sorted(killed, reverse=True):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    status = running.wait()
    print(f"{done()} of {lists_of} shards", flush=True)
    cluster.shutdown()
    sys.exit(status)


if __name__ == "__main__":
    main()
