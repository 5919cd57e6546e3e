/**
 * What every Podman of a test has in its containers.conf; more keys of [engine] may follow. runc and cgroupfs: crun
 * fails on hybrid cgroups. The limits are below what a machine without CAP_SYS_RESOURCE may have.
 */
export const commonConf = `[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
`;
