import { secondsText } from '../report/seconds.ts';
import type { Plan, PlannedNode } from './plan.ts';

const colours = {
  build: 'fill:#f8d7a4,stroke:#a85d00,color:#000',
  reuse: 'fill:#c9e7c4,stroke:#2b7a24,color:#000',
  unneeded: 'fill:#eeeeee,stroke:#999999,color:#555',
} satisfies Record<PlannedNode['action'], string>;

/**
 * The plan as a flowchart, https://mermaid.js.org/syntax/flowchart.html: coloured by action; a dotted arrow where a
 * layer only waits for another.
 */
export function mermaidOf({ nodes }: Plan): string {
  const ids = new Map([...nodes.keys()].map((key, index) => [key, `n${index}`]));
  const several = new Set([...nodes.values()].flatMap(({ images }) => images)).size > 1;
  const lines = ['flowchart TD'];
  for (const node of nodes.values()) {
    lines.push(`  ${ids.get(node.key)}["${labelOf(node, several)}"]:::${node.action}`);
  }
  for (const { key, needs, after } of nodes.values()) {
    const parents = new Set(needs);
    for (const earlier of after) {
      lines.push(`  ${ids.get(earlier)} ${parents.has(earlier) ? '-->' : '-.->'} ${ids.get(key)}`);
    }
  }
  for (const [action, style] of Object.entries(colours)) lines.push(`  classDef ${action} ${style}`);
  return `${lines.join('\n')}\n`;
}

function labelOf({ layer, images, action, where, seconds }: PlannedNode, several: boolean): string {
  const time = action === 'build' && seconds !== undefined ? `, ${secondsText(seconds)}` : '';
  const place = where === undefined || where === 'this engine' ? '' : `, from ${where}`;
  const parts = [layer, ...(several ? [images.join(', ')] : []), `${action}${time}${place}`];
  return parts.map(escaped).join('<br/>');
}

/** Mermaid writes entities with `#`: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ,.+_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
