import type { PatchVerdict } from '../model/series.ts';
import type { LayerName } from './layer-name.ts';

/** What happens while an image is built, tested and tagged; every renderer reads the same stream. Times in seconds. */
export type ReportEvent =
  | { event: 'engine'; kind: string; version: string; endpoint: string; foundBy: string; rootless: boolean }
  | { event: 'note'; text: string }
  | { event: 'base'; kind: string; reason: string; made: boolean; seconds: number }
  | { event: 'source'; source: string; version: string; digest: string; seconds: number }
  | { event: 'series'; series: string; source: string; digest: string; verdicts: readonly PatchVerdict[] }
  | { event: 'series-off'; series: string }
  | {
      event: 'rccl';
      choice: 'stock' | 'patched' | 'auto';
      decided: 'stock' | 'patched';
      why: string;
    }
  | {
      event: 'plan';
      images: readonly { image: string; version: string }[];
      /** Each after all that come before it. */
      layers: readonly PlannedLayer[];
      /** As `halobox plan --json` has it. */
      estimate: { jobs: number; seconds: number; path: readonly string[]; unknown: readonly string[] };
    }
  | ({ event: 'layer-started'; log: string } & LayerName)
  | ({ event: 'step-started'; step: number; total?: number; name: string } & LayerName)
  | ({ event: 'step-log'; step: number; text: string } & LayerName)
  | ({ event: 'step-done'; step: number; cached: boolean; seconds: number } & LayerName)
  | ({ event: 'layer-done'; id: string; seconds: number } & LayerName)
  /** From a layer cache; `from` and `to` are registry/name. */
  | { event: 'layer-fetched'; layer: string; from: string; id: string; seconds: number }
  | { event: 'layer-stored'; layer: string; to: string; seconds: number }
  | ({ event: 'layer-failed'; seconds: number } & LayerName)
  /** What became of every layer of a plan, once nothing runs any more. */
  | { event: 'layers'; layers: readonly LayerOutcome[] }
  /** The released image is put together from its layers' files; sizes in bytes. */
  | { event: 'assembling'; image: string }
  | {
      event: 'assembled';
      image: string;
      id: string;
      layers: readonly { name: string; diffId: string; size: number }[];
      seconds: number;
    }
  | { event: 'contract-started'; image: string; id: string }
  | {
      event: 'check';
      id: string;
      what: string;
      passed: boolean;
      expected?: string;
      found?: string;
      next?: string;
    }
  | {
      event: 'contract-done';
      passed: boolean;
      checks: number;
      failed: number;
      seconds: number;
      kept: boolean;
    }
  | { event: 'tagged'; image: string; id: string; tags: readonly string[] }
  /** Of each image that was released. */
  | { event: 'done'; image: string; built: number; reused: number; seconds: number }
  /** Of each that was not, where several were asked for. */
  | { event: 'failed'; image: string; why: string };

export interface PlannedLayer extends LayerName {
  key: string;
  /** The images that have it. */
  images: readonly string[];
  /** `unneeded`: what needs it is there already. */
  action: 'build' | 'reuse' | 'unneeded';
  /** Where a layer that is reused was: `this engine`, or the registry/name of a cache. */
  where?: string;
  /** Of its last build; missing where none is known. */
  seconds?: number;
  /** What differs from its last build; docs/planning.md says what it may be. */
  why: readonly { what: string; name?: string; from?: string; to?: string; text: string }[];
}

export type LayerOutcome = LayerName & { images: readonly string[] } & (
    | { state: 'built' | 'failed'; seconds: number }
    | { state: 'reused' | 'unneeded' }
    /** `because`: the layer that failed or was skipped before it. */
    | { state: 'skipped'; because: string }
  );

export interface Reporter {
  report(event: ReportEvent): void;
  /** Leaves the terminal as it should be; nothing is reported after it. */
  close(): void;
}
