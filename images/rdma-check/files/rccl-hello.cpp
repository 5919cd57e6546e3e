// RCCL's own example HelloRccl (tools/HelloRccl in its source): an all-reduce whose sums are checked, with times.
//
//   NCCL_COMM_ID=<address of the first node>:<port> rccl-hello <nodes> <number of this node, from 0>
//
// The example takes the rank as the number of the GPU, which is right for several GPUs in one node. Here each node has
// one: the number is taken modulo the GPUs that this node has.
#include <hip/hip_runtime.h>

static int gpusHere() {
  int count = 0;
  return hipGetDeviceCount(&count) == hipSuccess && count > 0 ? count : 1;
}

#define hipSetDevice(device) hipSetDevice((device) % gpusHere())
#include "HelloRccl.cpp"
