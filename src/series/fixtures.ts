import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { readAllSeries } from '../catalog/read-series.ts';

/** A folder for one test with helpers to fill it; trees in it have the shapes of upstream's, in our own words. */
export class Room {
  readonly root = mkdtempSync(join(tmpdir(), 'halobox-room-'));

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text, { mode });
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Runs git in a folder of the room, as somebody with a name. */
  async git(folder: string, ...args: string[]): Promise<string> {
    const { stdout } = await execa('git', ['-C', this.path(folder), ...args], {
      env: {
        ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C.UTF-8' },
        ...{ GIT_AUTHOR_NAME: 't', GIT_AUTHOR_EMAIL: 't@example.com' },
        ...{ GIT_COMMITTER_NAME: 't', GIT_COMMITTER_EMAIL: 't@example.com' },
      },
    });
    return stdout;
  }

  /** Makes a folder of the room a checkout with one commit of all that is in it. */
  async commitAll(folder: string): Promise<void> {
    await this.git(folder, 'init', '--quiet', '--initial-branch=main');
    await this.git(folder, 'add', '--all', '--force');
    await this.git(folder, 'commit', '--quiet', '--message=upstream');
  }

  /** A series of our own for the project `demo` (see `demoTree`), and whatever else stands below `patches/`. */
  series() {
    return readAllSeries(this.root);
  }

  /** Digest over names, modes and contents of everything below a folder, but for what is git's own. */
  digest(folder: string): string {
    const hash = createHash('sha256');
    const visit = (path: string): void => {
      const facts = lstatSync(this.path(path));
      hash.update(`${path}\0${facts.mode.toString(8)}\0`);
      if (facts.isSymbolicLink()) hash.update(readlinkSync(this.path(path)));
      if (facts.isFile()) hash.update(readFileSync(this.path(path)));
      if (!facts.isDirectory()) return;
      for (const name of readdirSync(this.path(path)).sort()) if (name !== '.git') visit(join(path, name));
    };
    visit(folder);
    return hash.digest('hex');
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The declaration file of a TheRock; `list` is what stands under EXCLUDE_TARGET_PROJECTS of gfx1151. */
export const declarations = (list: string): string => `# Declares targets.
function(therock_add_amdgpu_target gfx_target product_name)
endfunction()

therock_add_amdgpu_target(gfx1150 "One APU" FAMILY igpu-all
  EXCLUDE_TARGET_PROJECTS
    rccl # https://example.com/150
)
therock_add_amdgpu_target(gfx1151 "Another (large) APU" FAMILY igpu-all
  EXCLUDE_TARGET_PROJECTS
${list})

# Optional extension targets.
include(therock_custom_amdgpu_targets OPTIONAL)

# Validates and normalizes AMDGPU target selection cache variables.
function(therock_validate_amdgpu_targets)
endfunction()
`;

/** Writes a TheRock of one generation, without its submodules. */
export function therockTree(
  room: Room,
  folder: string,
  version: string,
  list: string,
  submodules: readonly string[],
): void {
  room.write(`${folder}/version.json`, `{\n  "rocm-version": "${version}"\n}\n`);
  room.write(`${folder}/cmake/therock_amdgpu_targets.cmake`, declarations(list));
  const module = (name: string): string => {
    const path = name === 'rccl' ? 'comm-libs/rccl' : name;
    return `[submodule "${name}"]\n\tpath = ${path}\n\turl = https://example.com/${name}.git\n`;
  };
  if (submodules.length > 0) room.write(`${folder}/.gitmodules`, submodules.map(module).join(''));
}

/** Writes an RCCL tree as far as the series of NCCL 2.13 touch it. */
export function rcclTree(room: Room, folder: string, version = '2.13.4'): void {
  const [major, minor, patch] = version.split('.');
  room.write(
    `${folder}/makefiles/version.mk`,
    `##### version\nNCCL_MAJOR   := ${major}\nNCCL_MINOR   := ${minor}\nNCCL_PATCH   := ${patch}\n`,
  );
  room.write(`${folder}/src/nccl.h.in`, '#define NCCL_MAJOR\n');
  room.write(`${folder}/src/init.cc`, 'int init;\n');
  room.write(
    `${folder}/src/include/devcomm.h`,
    'union ncclLLFifoLine {\n  int i;\n};\n\n#if defined(__gfx1030__)\n#define WARP_SIZE 32\n#else\n#define WARP_SIZE 64\n#endif\n',
  );
  room.write(
    `${folder}/src/collectives/device/common.h`,
    '#ifdef ENABLE_COLLTRACE\n#if defined(__gfx1100__) || defined(__gfx1101__) || defined(__gfx1102__)\n  #define traceColl(launch_type) { \\\n    clock(); }\n#endif\n#endif\n',
  );
  room.write(
    `${folder}/src/collectives/device/prims_ll128.h`,
    'void f() {\n\n#if !defined(__gfx1030__) && !defined(__gfx1100__) && !defined(__gfx1101__) && !defined(__gfx1102__)\n    if (tid == 0) __asm__ __volatile__("buffer_wbinvl1_vol");\n#endif\n}\n',
  );
  room.write(
    `${folder}/CMakeLists.txt`,
    'if(COMMAND rocm_check_target_ids)\n   rocm_check_target_ids(DEFAULT_AMDGPU_TARGETS\n       TARGETS "gfx803;gfx900:xnack-;gfx906:xnack-;gfx908:xnack-;gfx90a:xnack-;gfx90a:xnack+;gfx1030;gfx1100;gfx1101;gfx1102"\n   )\nelse()\n    if(TARGET_ID_SUPPORT)\n        set(DEFAULT_AMDGPU_TARGETS "gfx803;gfx900:xnack-;gfx906:xnack-;gfx908:xnack-;gfx1030;gfx1100;gfx1101;gfx1102")\n    else()\n        set(DEFAULT_AMDGPU_TARGETS "gfx803")\n    endif()\nendif()\n',
  );
}

/** What the series `demo` patches: ten numbered lines, and more. */
export const tenLines = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');

/** A tree of the project `demo`. */
export function demoTree(room: Room, folder = 'tree'): void {
  room.write(`${folder}/DEMO`, 'demo 1.2.3\n');
  room.write(`${folder}/a.txt`, tenLines);
  room.write(`${folder}/bin/run.sh`, '#!/bin/sh\necho old\n', 0o755);
  room.write(`${folder}/private.txt`, 'secret\nno end', 0o600);
  room.write(`${folder}/old.txt`, 'goes away\n');
}

/** One `diff --git` section that modifies a file. */
export function section(path: string, hunks: string): string {
  return `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks}`;
}

/** A patch as a mail. */
export function mail(subject: string, ...sections: string[]): string {
  return `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: t <t@example.com>\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nSubject: [PATCH] ${subject}\n\nWhy.\n---\n ${subject}\n\n${sections.join('')}`;
}

export interface DemoPatch {
  id: string;
  text: string;
  /** YAML of the keys beyond the usual. */
  more?: string;
  probe?: string;
}

/** Patches line 5 of a.txt. */
export const middle: DemoPatch = {
  id: 'middle',
  text: mail(
    'middle',
    section('a.txt', '@@ -4,3 +4,3 @@\n line 4\n-line 5\n+line five on gfx1151\n line 6\n'),
  ),
  probe: '[{ file: a.txt, has: ["on {target}"] }]',
};

/** Touches everything that a patch can: a mode 755 file, a private file without an end, a new file in a new folder, a deletion. */
export const everything: DemoPatch = {
  id: 'everything',
  text: mail(
    'everything',
    section('bin/run.sh', '@@ -1,2 +1,2 @@\n #!/bin/sh\n-echo old\n+echo new\n'),
    section('private.txt', '@@ -1,2 +1,3 @@\n secret\n+more\n no end\n\\ No newline at end of file\n'),
    'diff --git a/new/deep/file.txt b/new/deep/file.txt\nnew file mode 100755\nindex 0000000..1111111\n--- /dev/null\n+++ b/new/deep/file.txt\n@@ -0,0 +1 @@\n+fresh\n',
    'diff --git a/old.txt b/old.txt\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/old.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-goes away\n',
  ),
  probe: '[{ file: bin/run.sh, has: [echo new] }]',
};

/** Writes a series for the project `demo`. */
export function demoSeries(room: Room, name: string, patches: readonly DemoPatch[], more = ''): void {
  const entries = patches.map(({ id, probe = `[{ file: a.txt, has: [never ${id}] }]`, more: extra = '' }) => {
    const keys = `purpose: p, reason: r, dropWhen: never, probe: ${probe}${extra && `, ${extra}`}`;
    return `  - { id: ${id}, file: ${id}.patch, ${keys} }\n`;
  });
  room.write(
    `patches/${name}/series.yaml`,
    `series: ${name}\nproject: { name: demo, marks: [DEMO], version: { file: DEMO, after: [demo] }, places: [., third-party/demo] }\nupstream: https://example.com\nversions: ">=1.0.0 <2.0.0"\nwritten: gfx1151\ntargets: [gfx1151, gfx1152]\n${more}patches:\n${entries.join('')}`,
  );
  for (const { id, text } of patches) room.write(`patches/${name}/${id}.patch`, text);
}
