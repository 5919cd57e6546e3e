import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contract } from '../model/contract.ts';
import { writeWhole } from '../store/write-file.ts';
import { type ContractReport, contractDigest, reportSchema } from './report.ts';

/** Keeps a report under the image's digest: `<state folder>/contracts/<sha256>.json`. */
export function writeReport(stateFolder: string, report: ContractReport): void {
  const whole = reportSchema.parse(report);
  writeWhole(reportFile(stateFolder, whole.image), `${JSON.stringify(whole, undefined, 2)}\n`);
}

/**
 * The kept report of an image. Undefined when there is none, when it is damaged or about another image, or when it
 * is about another contract than the given one: then the image is to be checked again.
 */
export function readReport(
  stateFolder: string,
  image: string,
  contract?: Contract,
): ContractReport | undefined {
  let report: ContractReport | undefined;
  try {
    report = reportSchema.safeParse(JSON.parse(readFileSync(reportFile(stateFolder, image), 'utf8'))).data;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (report?.image !== image) return undefined;
  return contract && report.contract !== contractDigest(contract) ? undefined : report;
}

function reportFile(stateFolder: string, image: string): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(image) ?? [];
  if (hex === undefined) throw new TypeError(`not an image ID: ${image}`);
  return join(stateFolder, 'contracts', `${hex}.json`);
}
