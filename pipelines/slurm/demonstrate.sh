#!/bin/bash
# Shows a run as a job array on a Slurm of one machine: three tasks, one of them killed, the array run again, the parts
# joined, and every file compared with the run of one process. As root, after: apt-get install slurm-wlm munge
#
#   pipelines/slurm/demonstrate.sh target/release/croplens sample_tiles
set -euo pipefail
program=$(realpath "$1")
tiles=$(realpath "$2")
script=$(realpath "$(dirname "$0")/appraise.sbatch")
place=$(mktemp -d)
host=$(hostname -s)
cd "$place"
mkdir state spool

cat > slurm.conf <<CONF
ClusterName=demonstration
SlurmctldHost=$host(127.0.0.1)
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmUser=root
StateSaveLocation=$place/state
SlurmdSpoolDir=$place/spool
SlurmctldPidFile=$place/slurmctld.pid
SlurmdPidFile=$place/slurmd.pid
SlurmctldLogFile=$place/slurmctld.log
SlurmdLogFile=$place/slurmd.log
SlurmctldPort=16817
SlurmdPort=16818
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=demonstration Nodes=$host Default=YES State=UP
CONF
# Companies of five: the twenty plots of the sample are five units.
cat > small.toml <<'TOML'
name = "small"
[catalog]
collections = ["sentinel-2-l2a", "sentinel-2-c1-l2a"]
[period]
history_days = 800
season_days = 400
[company]
most_plots = 5
TOML

export SLURM_CONF=$place/slurm.conf CROPLENS=$program
stop() { for pid in slurmctld slurmd; do kill "$(cat "$place/$pid.pid")" 2>/dev/null || true; done; }
trap stop EXIT
munge -n > /dev/null 2>&1 || { mkdir -p /run/munge && chown munge /run/munge && su -s /bin/sh munge -c munged; }
slurmctld
slurmd

run=("$tiles/plots.geojson" results --catalog "$tiles" --pipeline small.toml --as-of 2022-11-13)
array() { sbatch --wait --array=1-3 --cpus-per-task=1 --mem=500 "$script" "${run[@]}"; }
array & submitted=$!
until ls results/parts/unit-*.json > /dev/null 2>&1; do sleep 0.2; done
task=$(squeue --noheader --states=R --format=%i | tail -1)
echo "task $task is killed"
scancel "$task"
wait "$submitted" || true
"$program" merge results && { echo "nothing is missing: the kill came too late"; exit 1; }
array
"$program" merge results
"$program" appraise "${run[0]}" --out whole "${run[@]:2}" --quiet
for file in $(cd whole && find . -type f ! -name run.json); do cmp "whole/$file" "results/$file"; done
echo "the same bytes: $(find whole -type f ! -name run.json | wc -l) files in $place"
