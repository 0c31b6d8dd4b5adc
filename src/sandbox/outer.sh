# Builds the wall of a run, as the root of a world, in a mount namespace that ends with it.
# $1: what the run's scratch space holds, in bytes. The rest: arguments of bubblewrap.
set -e

# When memory runs out after all, the kernel ends this before anything else.
echo 1000 >/proc/self/oom_score_adj

mount -t tmpfs -o "size=$1,nr_inodes=16k,nosuid,nodev" tmpfs /tmp
mkdir -m 1777 /tmp/tmp /tmp/shm
shift
exec bwrap --seccomp 9 "$@" 9</world/wall/filter
