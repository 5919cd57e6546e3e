import { expect, test } from 'vitest';
import { layerOf } from '../fixtures.ts';
import { debianOwners } from './debian.ts';
import { findOwners } from './find-owners.ts';
import type { Owners } from './owner.ts';
import { pythonOwners } from './python.ts';
import { rocmOwners } from './rocm.ts';

async function ownersOf({ find }: Owners, entries: Parameters<typeof layerOf>[0]) {
  return Object.fromEntries(find((await layerOf(entries)).files));
}

test('a Debian package owns what its list says, wherever /usr was merged, and what dpkg keeps of it', async () => {
  const owners = await ownersOf(debianOwners, {
    lib: { type: 'symlink', linkname: 'usr/lib' },
    'usr/lib/x86_64-linux-gnu/libc.so.6': 'libc',
    'usr/share/doc/libc6': { type: 'directory' },
    'var/lib/dpkg/info/libc6:amd64.list': '/.\n/lib\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc/libc6\n',
    'var/lib/dpkg/info/libc6:amd64.postinst': '',
    'var/lib/dpkg/info/g++-14.list': '/usr/bin/g++\n',
    'var/lib/dpkg/status': '',
  });
  expect(owners).toEqual({
    // A link that a package brings is its own too.
    lib: 'libc6',
    'usr/lib/x86_64-linux-gnu/libc.so.6': 'libc6',
    'usr/bin/g++': 'g++-14',
    'var/lib/dpkg/info/libc6:amd64.list': 'libc6',
    'var/lib/dpkg/info/libc6:amd64.postinst': 'libc6',
    'var/lib/dpkg/info/g++-14.list': 'g++-14',
  });
});

test('a wheel owns what its RECORD lists, with programs outside and what was compiled', async () => {
  const site = 'opt/venv/lib/python3.13/site-packages';
  const owners = await ownersOf(pythonOwners, {
    'opt/venv/lib64': { type: 'symlink', linkname: 'lib' },
    [`${site}/torch/__init__.py`]: '',
    [`${site}/torch/__pycache__/__init__.cpython-313.pyc`]: '',
    [`${site}/torch/a,b.txt`]: '',
    [`${site}/Torch_Vision-0.24.dist-info/RECORD`]: 'torchvision/x.py,sha256=abc,1\n',
    [`${site}/torch-2.11.0+rocm7.14.0.dist-info/RECORD`]:
      'torch/__init__.py,sha256=abc,0\r\n"torch/a,b.txt",,\r\n../../../bin/torchrun,,\r\ntorch-2.11.0+rocm7.14.0.dist-info/RECORD,,\r\n',
  });
  expect(owners).toEqual({
    [`${site}/torch/__init__.py`]: 'torch',
    [`${site}/torch/__pycache__/__init__.cpython-313.pyc`]: 'torch',
    [`${site}/torch/a,b.txt`]: 'torch',
    'opt/venv/bin/torchrun': 'torch',
    [`${site}/torch-2.11.0+rocm7.14.0.dist-info/RECORD`]: 'torch',
    [`${site}/torchvision/x.py`]: 'torch-vision',
  });
});

test('a ROCm tree is told apart by its names', async () => {
  const owners = await ownersOf(rocmOwners, {
    'opt/rocm/.info/version': '7.14.0',
    'opt/rocm/lib/librocblas.so.5.1.70000': '',
    'opt/rocm/lib/rocblas/library/TensileLibrary_gfx1151.co': '',
    'opt/rocm/lib/cmake/rocblas/rocblas-config.cmake': '',
    'opt/rocm/include/rocblas/rocblas.h': '',
    'opt/rocm/.kpack/rocblas_gfx1151.kpack': '',
    'opt/rocm/lib/llvm/bin/clang-20': '',
    'opt/rocm/bin/rocm-smi': '',
    'usr/lib/librocblas.so.5': '',
  });
  expect(owners).toEqual({
    'opt/rocm/lib/librocblas.so.5.1.70000': 'rocblas',
    'opt/rocm/lib/rocblas/library/TensileLibrary_gfx1151.co': 'rocblas',
    'opt/rocm/lib/cmake/rocblas/rocblas-config.cmake': 'rocblas',
    'opt/rocm/include/rocblas/rocblas.h': 'rocblas',
    'opt/rocm/.kpack/rocblas_gfx1151.kpack': 'rocblas',
    'opt/rocm/lib/llvm/bin/clang-20': 'llvm',
    'opt/rocm/bin/rocm-smi': 'rocm-smi',
  });
});

test('a wheel of ROCm counts as the wheel', async () => {
  const tree = await layerOf({
    'venv/rocm_sdk_core/.info/version': '7.14.0',
    'venv/rocm_sdk_core/lib/libamdhip64.so.7': '',
    'venv/rocm_sdk_core/lib/other.so': '',
    'venv/rocm_sdk_core-7.14.0.dist-info/RECORD': 'rocm_sdk_core/lib/libamdhip64.so.7,,\n',
  });
  expect(findOwners(tree.files).get('venv/rocm_sdk_core/lib/libamdhip64.so.7')).toBe('rocm-sdk-core');
  expect(findOwners(tree.files).get('venv/rocm_sdk_core/lib/other.so')).toBe('other');
});
