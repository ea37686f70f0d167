#!/bin/sh
# Analyses lists of music with GNU parallel: one job a list, on this machine or, with a file of hosts, over ssh.
#
#     indexer embed --lists-to LISTS ~/Music
#     sh parallel_job.sh LISTS OUT [HOSTS]
#     indexer import OUT/*.parquet
#
# HOSTS has a host on each line, as `parallel --sshloginfile` takes it; music, LISTS and OUT lie at the same paths on all of them.
# The same call tries again what has failed: OUT/joblog says what is done.
set -eu
lists=${1:?the folder of the lists} out=${2:?where the shards are written} hosts=${3:-}
mkdir -p "$out"
lists=$(cd "$lists" && pwd) out=$(cd "$out" && pwd)
cores=${CORES:-4}
if [ -n "$hosts" ]; then
    set -- --sshloginfile "$hosts"
else
    local=$(($(nproc) / cores))
    set -- --jobs "$((local > 0 ? local : 1))"
fi
[ ! -e "$out/joblog" ] || set -- "$@" --resume-failed
exec parallel "$@" --quote --joblog "$out/joblog" --retries 3 --bar \
    "${INDEXER:-indexer}" embed --files-from '{}' --to "$out/{/.}.parquet" --method "${METHOD:-all}" --jobs "$cores" --silent \
    ::: "$lists"/*.list
