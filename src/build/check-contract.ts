import { checkContract, contractFailed } from '../contract/check-contract.ts';
import { readReport, writeReport } from '../contract/report-store.ts';
import type { Engine } from '../engine/engine.ts';
import type { Contract } from '../model/contract.ts';
import type { Reporter } from '../report/event.ts';
import { stopwatch } from '../report/seconds.ts';

/**
 * Makes sure that an image passes its contract. A pass that was recorded for the same image and the same contract
 * counts; the record stands beside the digest and not in the image, which would change it.
 * @param again check even when a pass is recorded.
 * @returns whether it was checked now.
 * @throws ContractFailed (exit 5), after all checks were reported.
 */
export async function ensureContract(
  engine: Engine,
  { id, name, contract }: { id: string; name: string; contract: Contract },
  { stateFolder, again }: { stateFolder: string; again: boolean },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<boolean> {
  const seconds = stopwatch();
  const earlier = again ? undefined : readReport(stateFolder, id, contract);
  if (earlier?.passed) {
    const checks = earlier.checks.length;
    reporter.report({
      event: 'contract-done',
      passed: true,
      checks,
      failed: 0,
      seconds: seconds(),
      kept: true,
    });
    return false;
  }
  reporter.report({ event: 'contract-started', image: name, id });
  const report = await checkContract(engine, id, contract, signal, (check) =>
    reporter.report({ event: 'check', ...check }),
  );
  writeReport(stateFolder, report);
  const failed = report.checks.filter(({ passed }) => !passed).length;
  const { passed } = report;
  reporter.report({
    event: 'contract-done',
    passed,
    checks: report.checks.length,
    failed,
    seconds: seconds(),
    kept: false,
  });
  if (!passed) throw contractFailed(report);
  return true;
}
