import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CatalogImage } from '../catalog/catalog.ts';
import type { ContextEntry } from '../context/open-context.ts';
import { InvalidInput } from '../model/error.ts';
import type { Layer } from '../model/image.ts';
import { buildOrder, orderedAfter } from '../model/layer-graph.ts';
import { ledgerName } from '../model/ledger.ts';
import type { RcclDecision } from '../model/rccl-decision.ts';
import type { Renderer } from '../render/renderer.ts';
import type { PreparedSource } from '../sources/prepared.ts';
import type { Base } from '../sources/root-file-system.ts';
import { type KeyInputs, layerKey } from './key.ts';
import { ledgerText } from './ledger.ts';
import { decidedImage } from './rccl-choice.ts';
import type { Settings } from './settings.ts';

/** Everything that rendering an image takes, already fetched, patched and measured. */
export interface Inputs {
  base: Base;
  /** Sources that layers take or a decision needs. */
  sources: ReadonlyMap<string, PreparedSource>;
  /** Version of every source of the image, by the lock. */
  versions: Readonly<Record<string, string>>;
  /** Version of every Debian package that is locked, by name. */
  debian: Readonly<Record<string, string>>;
  /** By path on the host. */
  files: ReadonlyMap<string, { sha256: string; executable: boolean }>;
  /** Of an image with an `rccl` block. */
  rccl?: RcclDecision | undefined;
}

/** One layer, ready to be built on any engine or by hand. */
export interface Recipe {
  layer: string;
  definition: Layer;
  /** Layers that must be there before it is built: those it needs, and those whose files are read before. */
  after: readonly string[];
  /** Reference of the layer that it stands on. */
  parent?: string | undefined;
  key: string;
  /** What the key is made from. */
  inputs: KeyInputs;
  /** What other layers call it, in every image that has it: `localhost/halobox/<layer>:<key>`. */
  reference: string;
  containerfile: string;
  /** The build context but for the Containerfile. */
  context: readonly ContextEntry[];
}

/**
 * Recipes of all layers that the released one needs, each after its parents.
 * @throws InvalidInput with file:line:column for whatever a template refuses, and for unused `with` values.
 */
export function recipesOf(
  image: CatalogImage,
  inputs: Inputs,
  settings: Settings,
  renderer: Renderer,
): Recipe[] {
  const definition = decidedImage(image.definition, inputs.rccl);
  const { rccl } = definition;
  const order = rccl
    ? orderedAfter(
        definition.layers,
        rccl.layer,
        rccl.neededBy.map(({ layer }) => layer),
      )
    : definition.layers;
  const recipes = new Map<string, Recipe>();
  for (const name of buildOrder(order, definition.final)) {
    const layer = definition.layers[name]!;
    const parents = layer.needs.map((need) => recipes.get(need)!);
    const variables = {
      image: {
        name: definition.image,
        title: definition.title,
        description: definition.description,
        version: settings.version,
        licenses: definition.licenses,
        source: definition.source,
        untested: definition.untested,
      },
      target: definition.target,
      layer: {
        name,
        kind: layer.kind,
        files: layer.files.map(({ from, to }) => {
          const { executable } = inputs.files.get(hostPath(image, from))!;
          return { from: to, to: `/${to}`, mode: executable ? '0755' : '0644' };
        }),
      },
      versions: Object.fromEntries(
        Object.keys(definition.sources).map((source) => [source, inputs.versions[source]!]),
      ),
      debian: inputs.debian,
      base: {
        debootstrap: inputs.base.kind === 'debootstrap',
        oci: inputs.base.kind === 'oci' ? inputs.base.reference : '',
      },
      parent: parents[0]?.reference ?? '',
      layers: Object.fromEntries(parents.map((parent) => [parent.layer, parent.reference])),
      arguments: settings.arguments,
      ...(inputs.rccl && { rccl: { patched: inputs.rccl.decided === 'patched' } }),
      sources: Object.fromEntries(
        layer.sources.map((source) => [source, { path: contextPath(inputs.sources.get(source)!) }]),
      ),
      with: layer.with,
    };
    const { text, used, packages } = renderer.render(layer.kind, variables);
    refuseUnused(image, name, layer, used);
    // A layer without parents may stand on nothing at all: then the base is none of its inputs.
    const asksForBase = parents.length === 0 && used.has('base.debootstrap');
    const rootFileSystem = asksForBase && inputs.base.kind === 'debootstrap' ? inputs.base : undefined;
    const files = layer.files.map(({ from, to }) => ({ to, from: hostPath(image, from) }));
    const ledger = name === definition.final ? ledgerText(definition, inputs, settings) : undefined;
    const keyInputs: KeyInputs = {
      layer: name,
      containerfile: text,
      packages,
      network: layer.network,
      rootFileSystem: rootFileSystem?.digest,
      sources: Object.fromEntries(
        layer.sources.map((source) => {
          const { identity, series } = inputs.sources.get(source)!;
          const applied = series.map(({ name, digest, patches, verdicts }) => ({
            name,
            digest,
            patches,
            verdicts: verdicts.map(({ id, verdict }) => ({ id, verdict })),
          }));
          return [source, { ...identity, series: applied }];
        }),
      ),
      files: Object.fromEntries([
        ...files.map(({ to, from }) => [to, inputs.files.get(from)!]),
        ...(ledger === undefined ? [] : [[ledgerName, { sha256: sha256Of(ledger), executable: false }]]),
      ]),
      parents: Object.fromEntries(parents.map((parent) => [parent.layer, parent.key])),
    };
    const key = layerKey(keyInputs);
    recipes.set(name, {
      layer: name,
      definition: layer,
      after: order[name]!.needs,
      parent: parents[0]?.reference,
      key,
      inputs: keyInputs,
      reference: `localhost/halobox/${name}:${key}`,
      containerfile: text,
      context: [
        ...(rootFileSystem
          ? [
              {
                kind: 'file' as const,
                path: 'rootfs.tar',
                from: rootFileSystem.file,
                sha256: rootFileSystem.digest,
              },
            ]
          : []),
        ...files.map(({ to, from }) => ({
          kind: 'file' as const,
          path: to,
          from,
          mode: inputs.files.get(from)!.executable ? 0o755 : 0o644,
          sha256: inputs.files.get(from)!.sha256,
        })),
        ...(ledger === undefined ? [] : [{ kind: 'text' as const, path: ledgerName, text: ledger }]),
        ...layer.sources.map((source) => contextEntry(inputs.sources.get(source)!)),
      ],
    });
  }
  return [...recipes.values()];
}

/** Where a file of the image's `files/` is on the host. */
function hostPath(image: CatalogImage, from: string): string {
  return join(image.folder, 'files', from);
}

/** Where a layer finds a source in its context. */
function contextPath({ name, content }: PreparedSource): string {
  return content.kind === 'tree' ? `sources/${name}` : `sources/${name}/${content.name}`;
}

function contextEntry(source: PreparedSource): ContextEntry {
  const { kind, path: from } = source.content;
  const path = contextPath(source);
  if (kind === 'tree') return { kind, path, from };
  return { kind, path, from, mode: 0o644, ...('sha256' in source.identity && source.identity) };
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refuseUnused(image: CatalogImage, name: string, layer: Layer, used: ReadonlySet<string>): void {
  for (const key of Object.keys(layer.with)) {
    const path = `with.${key}`;
    if ([...used].some((variable) => variable === path || variable.startsWith(`${path}.`))) continue;
    throw new InvalidInput({
      what: `layer ${name} sets ${path}, which templates/${layer.kind}.hbs does not use`,
      where: image.place(['layers', name, 'with', key]),
      next: 'Remove it or correct its spelling.',
    });
  }
}
