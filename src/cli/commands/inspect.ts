import { readReport } from '../../contract/report-store.ts';
import { findEngine } from '../../engine/find-engine.ts';
import { describeImage, type ImageDescription } from '../../plan/describe-image.ts';
import { findBuilt } from '../find-built.ts';
import { table, writeDocument } from '../output.ts';
import type { Surroundings } from '../surroundings.ts';

export async function inspect(
  name: string,
  options: { engine?: string; json?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const engine = await findEngine(options.engine, surroundings);
  try {
    const { facts, image } = await findBuilt(name, engine, surroundings);
    const described = describeImage(facts);
    const report = readReport(surroundings.folders.state, facts.id, image?.definition.contract);
    const contract = report && {
      passed: report.passed,
      checks: report.checks.length,
      failed: report.checks.filter(({ passed }) => !passed).map(({ what }) => what),
    };
    if (options.json) {
      writeDocument(surroundings, { ...described, contract: contract ?? null });
      return;
    }
    const verdict = contract
      ? `${contract.passed ? 'passed' : 'failed'}, ${contract.checks} checks${contract.failed.map((what) => `; failed: ${what}`).join('')}`
      : 'not checked on this machine';
    surroundings.stdout.write(table([...rows(described), ['contract', verdict]]));
  } finally {
    await engine.close();
  }
}

function rows(image: ImageDescription): string[][] {
  return [
    ['image', `${image.image ?? '(not built by halobox)'} ${image.version ?? ''}`],
    ['id', image.id],
    ...image.digests.map((digest) => ['digest', digest]),
    ...image.tags.map((tag) => ['tag', tag]),
    ['created', image.created],
    ['size', `${(image.size / 1e6).toFixed(1)} MB`],
    ...(image.target ? [['target', image.target]] : []),
    ...(image.base ? [['base', image.base]] : []),
    ...(image.key ? [['key', image.key]] : []),
    ...(image.revision ? [['revision', image.revision]] : []),
    ...Object.entries(image.arguments).map(([name, value]) => ['argument', `${name}=${value}`]),
    ...Object.entries(image.sources).map(([name, { version, ...identity }]) => [
      'source',
      `${name} ${version} ${identityText(identity)}`,
    ]),
    ...Object.entries(image.series).flatMap(([name, series]) =>
      series.off
        ? [['series', `${name} was left out`]]
        : [
            ['series', `${name} sha256 ${series.digest}`],
            ...(series.verdicts ?? []).map(({ id, verdict, reason }) => [
              '',
              `${id}: ${verdict}${reason ? `, ${reason}` : ''}`,
            ]),
          ],
    ),
    ...(image.rccl ? [['rccl', [image.rccl.decided, image.rccl.why].filter(Boolean).join(': ')]] : []),
    ...image.untested.map((text) => ['untested', text]),
  ];
}

function identityText({
  sha256,
  revision,
}: {
  sha256?: string | undefined;
  revision?: string | undefined;
}): string {
  return sha256 === undefined ? `commit ${revision ?? 'unknown'}` : `sha256 ${sha256}`;
}
