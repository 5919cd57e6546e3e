import { randomBytes } from 'node:crypto';
import type { Engine, ImageFacts } from '../engine/engine.ts';
import type { Contract } from '../model/contract.ts';
import { EngineError } from '../model/error.ts';
import type { BytesCheck, Check, FactsCheck, Finding, Outcome, RunCheck } from './check.ts';
import { checksOf } from './checks.ts';
import { type CheckResult, type ContractReport, contractDigest } from './report.ts';
import { readOutcomes, scriptFor, scriptSeconds } from './script.ts';
import { oneLine } from './wording.ts';

/**
 * Checks an image against its contract: what the engine says about it, one container for everything that runs, and
 * the bytes of its libraries. A failed check is a result, not an error.
 * @param image ID or reference.
 * @param onResult hears of every check, in their order.
 * @throws EngineError when the checks could not be carried out; InvalidInput for a contract that asks for a target
 *   that halobox doesn't know.
 */
export async function checkContract(
  engine: Engine,
  image: string,
  contract: Contract,
  signal: AbortSignal,
  onResult: (result: CheckResult) => void,
): Promise<ContractReport> {
  const checks = checksOf(contract);
  const facts = await engine.inspectImage(image);
  if (!facts) {
    throw new EngineError({
      what: `the engine has no image ${image}`,
      where: engine.endpoint,
      next: '`halobox build` makes it',
    });
  }
  const results: CheckResult[] = [];
  const tell = (check: Check, finding: Finding): void => {
    const result = resultOf(check, finding);
    results.push(result);
    onResult(result);
  };

  for (const check of checks.filter(byFacts)) tell(check, check.judge(facts));
  const run = checks.filter(byRun);
  const judged: [Check, Finding][] = [];
  const judgeBytes = async (): Promise<void> => {
    // One file at a time: a library may have a gigabyte.
    for (const check of checks.filter(byBytes))
      judged.push([check, check.judge(await engine.readFile(facts.id, check.path, signal))]);
  };
  // An engine reads a file in a container of its own, which takes as long as to run something in one.
  const both = await Promise.allSettled([
    run.length > 0 && runAll(engine, facts, run, signal, tell),
    judgeBytes(),
  ]);
  for (const one of both) if (one.status === 'rejected') throw one.reason;
  for (const [check, finding] of judged) tell(check, finding);
  return {
    image: facts.id,
    contract: contractDigest(contract),
    engine: `${engine.kind} ${engine.version}`,
    passed: results.every(({ passed }) => passed),
    checks: results,
  };
}

async function runAll(
  engine: Engine,
  { id }: ImageFacts,
  checks: readonly RunCheck[],
  signal: AbortSignal,
  tell: (check: Check, finding: Finding) => void,
): Promise<void> {
  const steps = checks.flatMap((check) => check.steps);
  const nonce = randomBytes(16).toString('hex');
  const { exitCode, stdout, stderr } = await engine.run(
    {
      image: id,
      command: ['sh', '-c', scriptFor(steps, nonce)],
      // By number: whether the image has a name for root is not what is asked here.
      user: '0',
      timeout: scriptSeconds(steps),
    },
    signal,
  );
  const outcomes = readOutcomes(stdout, nonce, steps.length);
  if (!outcomes.some(isOutcome)) {
    throw new EngineError({
      what: `the checks could not run in a container of the image; it ended with ${exitCode}`,
      where: engine.endpoint,
      next: 'the image needs sh, timeout, mktemp, head and base64 (coreutils); else see what the engine says',
      detail: `${stderr}\n${stdout}`.split('\n').map(oneLine).filter(Boolean).slice(-10),
    });
  }
  let next = 0;
  for (const check of checks) {
    const own = outcomes.slice(next, next + check.steps.length);
    next += check.steps.length;
    tell(
      check,
      own.every(isOutcome)
        ? check.judge(own)
        : {
            passed: false,
            found: `no result; the container ended with ${exitCode}: ${oneLine(stderr) || 'no output'}`,
          },
    );
  }
}

function resultOf({ id, what, expected, next }: Check, finding: Finding): CheckResult {
  const { passed, found } = finding;
  return { id, what, passed, expected, found, ...(!passed && { next: finding.next ?? next }) };
}

const byFacts = (check: Check): check is FactsCheck => check.by === 'facts';
const byRun = (check: Check): check is RunCheck => check.by === 'run';
const byBytes = (check: Check): check is BytesCheck => check.by === 'bytes';
const isOutcome = (outcome: Outcome | undefined): outcome is Outcome => outcome !== undefined;

export { contractFailed } from './report.ts';
