import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Contract } from '../model/contract.ts';
import { ContractFailed } from '../model/error.ts';

const check = z.strictObject({
  id: z.string().describe('Which check, `command:ib_write_bw`; unique in the report.'),
  what: z.string().describe('What was checked, for people.'),
  passed: z.boolean(),
  expected: z.string(),
  found: z.string(),
  next: z.string().exactOptional().describe('What to do; only where the check failed.'),
});

/** What came of checking one image. It stands beside the image's digest; inside, it would change it. */
export const reportSchema = z
  .strictObject({
    image: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .describe('Image ID, `sha256:…`.'),
    contract: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .describe('Digest of the contract that was checked.'),
    engine: z.string().describe('Kind and version of the engine that ran the checks, `podman 5.8.6`.'),
    passed: z.boolean().describe('Whether all checks passed.'),
    checks: z.array(check),
  })
  .refine(({ passed, checks }) => passed === checks.every((one) => one.passed), {
    path: ['passed'],
    message: 'must say what the checks say',
  });

export type ContractReport = z.infer<typeof reportSchema>;
export type CheckResult = ContractReport['checks'][number];

/** Tells whether a kept report is about the contract as it is now. */
export function contractDigest(contract: Contract): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(contract)).digest('hex')}`;
}

/** The failure (exit code 5) that a report with failed checks is. */
export function contractFailed({ image, checks }: ContractReport): ContractFailed {
  const failed = checks.filter(({ passed }) => !passed);
  return new ContractFailed({
    what: `the image breaks its contract: ${failed.length} of ${checks.length} checks failed`,
    where: image,
    next: 'correct the layers or the contract in image.yaml, and build again; nothing was tagged',
    detail: failed.flatMap(({ what, expected, found, next }) => [
      what,
      `  expected: ${expected}`,
      `  found:    ${found}`,
      ...(next === undefined ? [] : [`  next:     ${next}`]),
    ]),
  });
}
