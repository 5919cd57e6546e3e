import { z } from 'zod';
import { conditionSchema } from './condition.ts';
import { hardwareTarget, innerPath, name } from './name.ts';
import { projectSchema } from './project.ts';

const patch = z.strictObject({
  id: name,
  file: innerPath.describe('The patch, in git format, beside series.yaml.'),
  purpose: z.string().describe('One line: what it does.'),
  reason: z.string().describe('Why it is needed.'),
  links: z.array(z.url()).default([]).describe('Where that can be read.'),
  targets: z
    .array(hardwareTarget)
    .min(1)
    .optional()
    .describe('Targets it serves, where fewer than the series.'),
  versions: z
    .string()
    .optional()
    .describe('Range of versions it is meant for, where narrower than the series.'),
  requires: z
    .array(conditionSchema)
    .default([])
    .describe('What must be so in a tree for the patch to make sense; else it is not applicable.'),
  probe: z
    .array(conditionSchema)
    .min(1)
    .describe('What is so, all of it, in a tree that needs no such patch. Patched trees are told by it too.'),
  promise: z
    .array(conditionSchema)
    .min(1)
    .optional()
    .describe('What is so in a patched tree, where that is not the probe.'),
  upstreamed: z
    .strictObject({ where: z.url(), since: z.string() })
    .optional()
    .describe('The change that made it needless, and since when.'),
  dropWhen: z.string().describe('When the patch can be removed from here.'),
});

/** `patches/<series>/series.yaml` */
export const seriesSchema = z.strictObject({
  series: name.describe('Name of the series; equals the name of its folder.'),
  project: z
    .union([z.enum(['rccl', 'therock']), projectSchema])
    .describe('The upstream project: one that halobox knows, or a description of another.'),
  upstream: z.url(),
  versions: z
    .string()
    .describe("Range of the project's versions that it is meant for, as npm writes ranges."),
  written: hardwareTarget.describe(
    'The target that the patch files name; for another that word is replaced.',
  ),
  targets: z.array(hardwareTarget).min(1).describe('Hardware targets it serves.'),
  onRequest: z
    .boolean()
    .default(false)
    .describe('`halobox patch` takes it only where it is named with --series.'),
  patches: z.array(patch).min(1).max(100).describe('In the order in which they are applied.'),
});

export type Series = z.infer<typeof seriesSchema>;
export type SeriesPatch = Series['patches'][number];

/**
 * What a patch is for one tree:
 * `applies`: needed, and it fits exactly; `applied`: its text is there, through us; `upstream`: the tree has the change
 * of its own; `conflict`: needed, and it fits nowhere exactly; `not-applicable`: this version, target or tree is not
 * what it is meant for; `absent`: the project is not checked out here.
 */
const verdictSchema = z.enum(['applies', 'applied', 'upstream', 'conflict', 'not-applicable', 'absent']);
export type Verdict = z.infer<typeof verdictSchema>;

export const patchVerdictSchema = z.object({
  id: z.string(),
  verdict: verdictSchema,
  /** Why; always there but for `applies`. */
  reason: z.string().exactOptional(),
});
export type PatchVerdict = z.infer<typeof patchVerdictSchema>;

/**
 * The verdict on a whole series. Patches that are not meant for the tree don't count; one that conflicts decides, and
 * a series that is there in part `applies`.
 */
export function seriesVerdict(patches: readonly { verdict: Verdict }[]): Verdict {
  for (const verdict of ['conflict', 'absent', 'applies', 'applied', 'upstream'] as const) {
    if (patches.some((patch) => patch.verdict === verdict)) return verdict;
  }
  return 'not-applicable';
}
