import { shellWord } from '../render/shell.ts';
import type { Recipe } from './recipe.ts';

/** A shell script that builds rendered layers by hand, in order, with `podman` or `docker`. */
export function buildScript(recipes: readonly Recipe[]): string {
  const builds = recipes.map(({ layer, reference, definition }) => {
    const network = definition.network === 'none' ? ' --network=none' : '';
    const folder = shellWord(layer);
    return `"$engine" build${network} --tag ${shellWord(reference)} --file "$here"/${folder}/Containerfile "$here"/${folder}`;
  });
  return [
    '#!/bin/sh',
    '# Builds the layers beside this file by hand. usage: sh build.sh [podman|docker]',
    'set -eu',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is for the shell.
    'engine=${1:-podman}',
    'here=$(cd "$(dirname "$0")" && pwd)',
    ...builds,
    '',
  ].join('\n');
}
