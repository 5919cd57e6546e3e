import { median, type Sample } from './measure.ts';

/** Something whose speed is set beside that of others in the same run. */
export interface Contender {
  name: string;
  /** Why it cannot take part on this machine, and what to install. */
  missing?: string | undefined;
  /** Name of the one that it is compared with. */
  against?: string;
  /** Largest ratio of wall times that is aimed at. */
  aim?: number;
  /** Largest resident size that is aimed at, bytes. */
  aimPeak?: number;
  /** Largest wall time that is aimed at. */
  aimSeconds?: number;
  once?: () => Promise<Sample>;
}

export interface Row {
  name: string;
  missing?: string;
  runs?: number;
  /** Median. */
  seconds?: number;
  fastest?: number;
  slowest?: number;
  /** Largest of all runs, bytes. */
  peak?: number;
  against?: string;
  ratio?: number;
  aim?: number;
  aimPeak?: number;
  aimSeconds?: number;
  met?: boolean;
}

/**
 * Runs all contenders in turn, round after round, so that whatever else the machine does falls on all of them. The
 * first rounds warm caches and count for nothing.
 */
export async function contest(contenders: readonly Contender[], rounds: number, warmUp = 1): Promise<Row[]> {
  const samples = new Map<string, Sample[]>();
  const failed = new Map<string, string>();
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const { name, missing, once } of contenders) {
      if (missing !== undefined || once === undefined || failed.has(name)) continue;
      try {
        const sample = await once();
        if (round >= warmUp) samples.set(name, [...(samples.get(name) ?? []), sample]);
      } catch (error) {
        failed.set(name, `failed: ${(error as Error).message}`);
      }
    }
  }
  const middle = (name: string): number | undefined => {
    const taken = failed.has(name) ? undefined : samples.get(name);
    return taken && median(taken.map(({ seconds }) => seconds));
  };
  return contenders.map((contender) => {
    const { name } = contender;
    const missing = contender.missing ?? failed.get(name);
    if (missing !== undefined) return { name, missing };
    return rowOf(contender, samples.get(name) ?? [], middle(name)!, middle(contender.against ?? ''));
  });
}

function rowOf(
  { name, against, aim, aimPeak, aimSeconds }: Contender,
  taken: readonly Sample[],
  seconds: number,
  reference: number | undefined,
): Row {
  const times = taken.map((sample) => sample.seconds);
  const peak = Math.max(...taken.map((sample) => sample.peak));
  const row: Row = { name, runs: taken.length, seconds, peak };
  row.fastest = Math.min(...times);
  row.slowest = Math.max(...times);
  if (aimPeak !== undefined) Object.assign(row, { aimPeak, met: peak < aimPeak });
  if (aimSeconds !== undefined)
    Object.assign(row, { aimSeconds, met: seconds < aimSeconds && (row.met ?? true) });
  if (against === undefined || reference === undefined) return row;
  const ratio = seconds / reference;
  Object.assign(row, { against, ratio });
  if (aim !== undefined) Object.assign(row, { aim, met: ratio <= aim && (row.met ?? true) });
  return row;
}
