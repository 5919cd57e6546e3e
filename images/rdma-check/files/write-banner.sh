#!/bin/sh
# Prints the login banner: title, version and GPU target are told, everything else is asked of what is installed.
# usage: write-banner TITLE VERSION TARGET [RCCL-VERSION]    without the last: the RCCL that Debian's package brings
set -eu

package() {
  dpkg-query --show --showformat '${Version}' "$1"
}

if [ $# -gt 3 ]; then
  rccl="$4, device code for $3"
else
  rccl=$(package librccl1 2>/dev/null || echo none)
fi

cat <<EOF_BANNER

  $1
  version $2, GPU target $3 - never run on a GPU or an RDMA card by its makers

  RCCL        $rccl
  rdma-core   $(package rdma-core)
  perftest    $(package perftest)
  iperf3      $(package iperf3)
  Debian      $(cat /etc/debian_version)

  first look  rdma-check             (what this board has; measures nothing)
  link        rdma link; ibv_devinfo
  latency     ib_send_lat            (on the peer), ib_send_lat HOST
  bandwidth   ib_write_bw --report_gbits (on the peer), the same with HOST
  TCP         iperf3 --server        (on the peer), iperf3 --client HOST
  RCCL loads  rccl-answer
  all-reduce  NCCL_COMM_ID=HEAD:5000 rccl-hello 2 0   (on the peer: 2 1)

EOF_BANNER
