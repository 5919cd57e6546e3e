import type { WheelSpec } from './wheels.ts';

const wheel = (project: string, version: string, more: Partial<WheelSpec> = {}): WheelSpec => ({
  project,
  version,
  tags: 'cp312-cp312-linux_x86_64',
  requiresPython: '>=3.10',
  ...more,
});

/** What carries one ROCm stamp: torch of a version, its device package, and its partners by the pairing table. */
function set(stamp: string, torch: string, vision: string, without: readonly string[] = []): WheelSpec[] {
  return [
    wheel('torch', `${torch}+rocm${stamp}`),
    wheel('torch', `${torch}+rocm${stamp}`, { tags: 'cp311-cp311-linux_x86_64' }),
    wheel('amd-torch-device-gfx1151', `${torch}+rocm${stamp}`, { tags: 'py3-none-linux_x86_64' }),
    wheel('torchvision', `${vision}+rocm${stamp}`),
    wheel('torchaudio', `2.11.0+rocm${stamp}`),
    wheel('rocm-sdk-core', stamp, { tags: 'py3-none-linux_x86_64' }),
  ].filter(({ project }) => !without.includes(project));
}

/**
 * AMD's multi-arch index as it is after a week of nightlies: a stable release, complete nightlies, one with vision a
 * day behind, one without its device wheel, one that has no wheel for Python 3.12 yet, and a wheel that was taken back.
 */
export const stackWheels: readonly WheelSpec[] = [
  ...set('7.14.0', '2.11.0', '0.26.0'),
  ...set('7.14.0a20260615', '2.11.0', '0.26.0'),
  ...set('7.15.0a20260628', '2.12.0', '0.27.0'),
  ...set('7.15.0a20260630', '2.12.0', '0.27.0', ['torchvision']),
  ...set('7.15.0a20260701', '2.12.0', '0.27.0', ['amd-torch-device-gfx1151']),
  ...set('7.15.0a20260702', '2.12.0', '0.27.0').filter(
    ({ project, tags }) => project !== 'torch' || !tags.startsWith('cp312'),
  ),
  wheel('torch', '2.13.0+rocm7.15.0a20260628', { yanked: 'wrong rpath' }),
  wheel('torch', '2.11.0+rocm7.14.0', { tags: 'cp312-cp312-win_amd64' }),
];

function wheelSource(name: string, project: string, stamp = 'local'): string {
  const index = "index: 'https://rocm.nightlies.amd.com/whl-multi-arch/'";
  return `  ${name}: { kind: python-index, ${index}, project: ${project}, python: '3.12', prereleases: true, stamp: ${stamp} }`;
}

/** image.yaml of an image that takes eight kinds of things, and its rules. */
export const stackImage = `image: stack
title: Stack
description: Made by a test
version: 1.0.0
licenses: MIT
source: https://example.com/stack
target: gfx1151
base: { suite: trixie, debootstrap: {}, oci: 'docker.io/library/debian:trixie-slim' }
sources:
${wheelSource('rocm-sdk', 'rocm-sdk-core', 'version')}
${wheelSource('torch', 'torch')}
${wheelSource('torch-device', 'amd-torch-device-gfx1151')}
${wheelSource('torchvision', 'torchvision')}
${wheelSource('torchaudio', 'torchaudio')}
  sdk:
    kind: s3-listing
    url: https://therock-nightly-tarball.s3.amazonaws.com/
    file: therock-dist-linux-gfx1151-{version}.tar.gz
    prereleases: true
  vllm: { kind: git, url: 'https://github.com/vllm-project/vllm', tag: 'v{version}' }
  amdgpu-top:
    kind: github-release
    repository: Umio-Yasuno/amdgpu_top
    file: amdgpu_top-{version}-x86_64.tar.gz
    grammar: semver
  rccl: { kind: debian-source, package: rccl, suite: trixie }
  debian: { kind: debian, suite: trixie }
coherence:
  sets:
    rocm:
      members: [rocm-sdk, torch, torch-device, torchvision, torchaudio]
      pairing:
        by: torch
        rows:
          - { torch: '2.11', torchvision: '0.26', torchaudio: '2.11' }
          - { torch: '2.12', torchvision: '0.27', torchaudio: '2.11' }
          - { torch: '2.13', torchvision: '0.28', torchaudio: '2.11' }
  requirements:
    - { when: vllm, versions: '>=0.27', needs: { torch: '>=2.11,<2.13' } }
layers:
  base: { kind: plain, purpose: b, with: { packages: [perftest, rdma-core] } }
final: base
tags: ['{version}']
contract: {}
`;
