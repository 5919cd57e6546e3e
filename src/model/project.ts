import { z } from 'zod';
import { innerPath, name } from './name.ts';

/** What a project's tree looks like, and where it stands in larger ones. */
export const projectSchema = z.strictObject({
  name: name.describe('The upstream project.'),
  marks: z.array(innerPath).min(1).describe('Files that every tree of it has, and together no other.'),
  version: z
    .strictObject({
      file: innerPath,
      after: z
        .array(z.string().min(1))
        .min(1)
        .describe('Texts that stand before the parts of the version; any white space equals any other.'),
    })
    .describe('Where the tree says its version.'),
  places: z
    .array(innerPath)
    .default(['.'])
    .describe('Where it is looked for below the tree that is given; `.` is that tree itself.'),
});

export type Project = z.infer<typeof projectSchema>;

/**
 * The ROCm super-build. `version.json` has been there since 7.9.
 * https://github.com/ROCm/TheRock/blob/therock-7.9.0/version.json
 */
export const therock: Project = {
  name: 'therock',
  marks: ['version.json', 'cmake/therock_amdgpu_targets.cmake'],
  version: { file: 'version.json', after: ['"rocm-version": "'] },
  places: ['.'],
};

/**
 * RCCL, whose version is that of the NCCL it follows. TheRock had it as a submodule of its own until 5523139d8
 * (February 2026), https://github.com/ROCm/TheRock/pull/3345, and takes it out of rocm-systems since.
 */
export const rccl: Project = {
  name: 'rccl',
  marks: ['makefiles/version.mk', 'src/nccl.h.in', 'src/init.cc'],
  version: { file: 'makefiles/version.mk', after: ['NCCL_MAJOR :=', 'NCCL_MINOR :=', 'NCCL_PATCH :='] },
  places: ['.', 'projects/rccl', 'comm-libs/rccl', 'rocm-systems/projects/rccl'],
};

/** Projects that a series may name without describing them. */
export const knownProjects: Readonly<Record<string, Project>> = { rccl, therock };
