import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** What a tree does with rccl for a target, told without anything of src/series. */
export type Exclusion = 'excluded' | 'built' | 'undeclared';

/** Reads the declaration line by line, as a person would: comments off, from its name to the closing parenthesis. */
export function readDeclaration(text: string, target: string): Exclusion {
  const words: string[] = [];
  let inside = false;
  for (const line of text.split('\n')) {
    const code = line.replace(/#.*/, '').trim();
    if (new RegExp(`^therock_add_amdgpu_target\\(${target}\\b`).test(code)) inside = true;
    if (!inside) continue;
    words.push(...code.replace(/"[^"]*"/g, '').split(/[\s()]+/));
    if (code.endsWith(')')) return words.includes('rccl') ? 'excluded' : 'built';
  }
  return 'undeclared';
}

/**
 * Asks CMake itself which targets are excluded from projects once the file was read.
 * @returns the targets by project.
 */
export async function askCmake(
  folder: string,
  projects: readonly string[],
): Promise<Record<string, string[]>> {
  const script = join(folder, 'cmake', '.halobox-judge.cmake');
  const print = projects.flatMap((project) => [
    `get_property(_targets GLOBAL PROPERTY THEROCK_AMDGPU_PROJECT_TARGET_EXCLUDES_${project})`,
    `message(NOTICE "${project}=\${_targets}")`,
  ]);
  const lines = [
    'cmake_minimum_required(VERSION 3.25)',
    `include("${folder}/cmake/therock_amdgpu_targets.cmake")`,
    ...print,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  try {
    const { stderr } = await execa('cmake', ['-P', script]);
    const found = stderr.split('\n').map((line) => line.split('='));
    return Object.fromEntries(
      projects.map((project) => {
        const list = found.find(([name]) => name === project)?.[1] ?? '';
        return [project, list.split(';').filter(Boolean)];
      }),
    );
  } finally {
    rmSync(script);
  }
}
