#!/bin/sh
# Analyses lists of music on the nodes of a Slurm cluster: one task of an array a list.
#
#     indexer embed --lists-to LISTS ~/Music
#     export LISTS=/shared/lists OUT=/shared/shards
#     sbatch --array=1-$(ls "$LISTS" | grep -c '\.list$') slurm_job.sh
#     indexer import OUT/*.parquet
#
# Music, LISTS and OUT lie at the same paths on every node. Submit it again after any failure: finished shards are skipped.
#SBATCH --job-name=indexer
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --requeue
set -eu
: "${LISTS:?the folder of the lists}" "${OUT:?where the shards are written}"
mkdir -p "$OUT"
task=${SLURM_ARRAY_TASK_ID:?one task of an array: sbatch --array=1-N}
set -- "$LISTS"/*.list
if [ "$task" -gt "$#" ] || [ ! -e "$1" ]; then
    echo "$LISTS has no list number $task" >&2
    exit 1
fi
shift $((task - 1))
name=${1##*/}
exec "${INDEXER:-indexer}" embed --files-from "$1" --to "$OUT/${name%.list}.parquet" \
    --method "${METHOD:-all}" --jobs "${SLURM_CPUS_PER_TASK:-4}"
