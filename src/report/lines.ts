import type { PatchVerdict } from '../model/series.ts';
import { estimateText } from './estimate-text.ts';
import type { LayerOutcome, PlannedLayer, ReportEvent } from './event.ts';
import { layerText } from './layer-name.ts';
import { secondsText } from './seconds.ts';
import { tableLines } from './table-lines.ts';

/** An event as the line (or lines) that a person reads; undefined for those that only live displays and logs need. */
export function eventLines(event: ReportEvent): string | undefined {
  switch (event.event) {
    case 'engine': {
      const rootless = event.rootless ? ', rootless' : '';
      return `engine    ${event.kind} ${event.version} at ${event.endpoint} (${event.foundBy}${rootless})`;
    }
    case 'note':
      return `note      ${event.text}`;
    case 'base':
      return `base      ${event.kind}: ${event.reason}${event.made ? `, made in ${secondsText(event.seconds)}` : ''}`;
    case 'source':
      return `source    ${event.source} ${event.version}, ${event.digest} (${secondsText(event.seconds)})`;
    case 'series':
      return `series    ${event.series} on ${event.source}: ${verdictsText(event.verdicts)}`;
    case 'series-off':
      return `series    ${event.series} is left out`;
    case 'rccl':
      return `rccl      ${event.decided}: ${event.why}`;
    case 'plan':
      return planText(event);
    case 'layer-started':
      return `${layerText(event)}: building, log ${event.log}`;
    case 'step-started':
      return `${layerText(event)}: step ${event.step}${event.total ? `/${event.total}` : ''} ${shortName(event.name)}`;
    case 'step-log':
      return undefined;
    case 'step-done':
      return event.cached ? `${layerText(event)}: step ${event.step} from the engine's cache` : undefined;
    case 'layer-done':
      return `${layerText(event)}: built in ${secondsText(event.seconds)}, ${shortId(event.id)}`;
    case 'layer-fetched':
      return `${event.layer}: from the cache ${event.from} in ${secondsText(event.seconds)}, ${shortId(event.id)}`;
    case 'layer-stored':
      return `${event.layer}: put into the cache ${event.to} in ${secondsText(event.seconds)}`;
    case 'layer-failed':
      return `${layerText(event)}: failed after ${secondsText(event.seconds)}`;
    case 'layers':
      return layersText(event.layers);
    case 'assembling':
      return `assemble  ${event.image} from its layers' files`;
    case 'assembled':
      return `assemble  ${event.layers.length} layers in ${secondsText(event.seconds)}, ${shortId(event.id)}`;
    case 'contract-started':
      return `contract  checking ${event.image} (${shortId(event.id)})`;
    case 'check':
      return checkLines(event);
    case 'contract-done': {
      const verdict = event.passed
        ? `passed, ${event.checks} checks`
        : `failed: ${event.failed} of ${event.checks} checks`;
      return `contract  ${verdict} ${event.kept ? '(checked before, same image)' : `in ${secondsText(event.seconds)}`}`;
    }
    case 'tagged':
      return `tags      ${event.tags.join(', ')} → ${shortId(event.id)}`;
    case 'done':
      return event.built === 0
        ? `done      ${event.image}: nothing needs building (${secondsText(event.seconds)})`
        : `done      ${event.image}: ${event.built} built, ${event.reused} reused in ${secondsText(event.seconds)}`;
    case 'failed':
      return `failed    ${event.image} is not released: ${event.why}`;
  }
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

/** The log has the whole step; a line shows what it is. */
function shortName(name: string): string {
  const words = name.replaceAll(/\s+/g, ' ').trim();
  return words.length > 100 ? `${words.slice(0, 99)}…` : words;
}

function checkLines(event: ReportEvent & { event: 'check' }): string | undefined {
  if (event.passed) return undefined;
  const lines = [
    `  ✗ ${event.what}`,
    `      expected: ${event.expected ?? ''}`,
    `      found:    ${event.found ?? ''}`,
  ];
  return [...lines, ...(event.next ? [`      next:     ${event.next}`] : [])].join('\n');
}

function verdictsText(verdicts: readonly PatchVerdict[]): string {
  return verdicts.map(({ id, verdict }) => `${id} ${verdict}`).join(', ');
}

/** What is done with each layer; below it why, but for what was never built here. */
function planText({ images, layers, estimate }: ReportEvent & { event: 'plan' }): string {
  const of = (action: PlannedLayer['action']) => layers.filter((layer) => layer.action === action);
  const names = (some: readonly PlannedLayer[]) => some.map(layerText).join(', ');
  const head = `plan      ${images.map(({ image, version }) => `${image} ${version}`).join(', ')}:`;
  const [build, reuse] = [of('build'), of('reuse')];
  if (build.length === 0) return `${head} nothing needs building`;
  const time = estimateText(estimate, build.length);
  const parts = [
    `build ${names(build)}`,
    ...(reuse.length > 0 ? [`reuse ${names(reuse)}`] : []),
    ...(time === undefined ? [] : [time]),
  ];
  const reasons = build.flatMap((layer) => {
    const [first, ...more] = layer.why;
    if (!first || first.what === 'never-built') return [];
    return [
      `          ${layerText(layer)}: ${first.text}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
    ];
  });
  return [`${head} ${parts.join('; ')}`, ...reasons].join('\n');
}

/** A table of what was built, failed and skipped; nothing where nothing was to be built. */
function layersText(layers: readonly LayerOutcome[]): string | undefined {
  if (layers.every(({ state }) => state === 'reused' || state === 'unneeded')) return undefined;
  const several = new Set(layers.flatMap(({ images }) => images)).size > 1;
  const rows = layers
    .filter(({ state }) => state !== 'unneeded')
    .map((outcome) => [
      layerText(outcome),
      ...(several ? [outcome.images.join(', ')] : []),
      stateText(outcome),
    ]);
  return tableLines(rows)
    .map((line, index) => `${(index === 0 ? 'layers' : '').padEnd(10)}${line}`)
    .join('\n');
}

function stateText(outcome: LayerOutcome): string {
  if ('seconds' in outcome) return `${outcome.state} in ${secondsText(outcome.seconds)}`;
  return 'because' in outcome ? `${outcome.state}, because of ${outcome.because}` : outcome.state;
}
