import type { PatchVerdict } from '../model/series.ts';

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
  | { event: 'plan'; image: string; version: string; layers: readonly PlannedLayer[] }
  | { event: 'layer-started'; layer: string; log: string }
  | { event: 'step-started'; layer: string; step: number; total?: number; name: string }
  | { event: 'step-log'; layer: string; step: number; text: string }
  | { event: 'step-done'; layer: string; step: number; cached: boolean; seconds: number }
  | { event: 'layer-done'; layer: string; id: string; seconds: number }
  /** From a layer cache; `from` and `to` are registry/name. */
  | { event: 'layer-fetched'; layer: string; from: string; id: string; seconds: number }
  | { event: 'layer-stored'; layer: string; to: string; seconds: number }
  | { event: 'layer-failed'; layer: string; seconds: number }
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
  | { event: 'tagged'; id: string; tags: readonly string[] }
  | { event: 'done'; image: string; built: number; reused: number; seconds: number };

export interface PlannedLayer {
  layer: string;
  key: string;
  /** `unneeded`: what needs it is there already. */
  action: 'build' | 'reuse' | 'unneeded';
}

export type LayerOutcome =
  | { layer: string; state: 'built' | 'failed'; seconds: number }
  | { layer: string; state: 'reused' | 'unneeded' }
  /** `because`: the layer that failed or was skipped before it. */
  | { layer: string; state: 'skipped'; because: string };

export interface Reporter {
  report(event: ReportEvent): void;
  /** Leaves the terminal as it should be; nothing is reported after it. */
  close(): void;
}
