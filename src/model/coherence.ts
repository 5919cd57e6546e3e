import semver from 'semver';
import { z } from 'zod';
import { name } from './name.ts';
import { grammarOf } from './version-grammar.ts';

const pep440 = grammarOf('pep440');

const prefix = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/, 'must be the beginning of a version, such as "2.11" (with quotes)');

const pairing = z
  .strictObject({
    by: name.describe('The source whose version finds the row.'),
    rows: z
      .array(z.record(name, prefix))
      .min(1)
      .describe(
        'Sources and the beginning of the version of each: `{ torch: "2.11", torchvision: "0.26" }`.',
      ),
  })
  .superRefine(({ by, rows }, context) => {
    const seen: string[] = [];
    for (const [index, row] of rows.entries()) {
      const own = row[by];
      const twice = own !== undefined && seen.some((other) => within(own, other) || within(other, own));
      if (own !== undefined) seen.push(own);
      if (own !== undefined && !twice) continue;
      const message = twice ? `more than one row would serve ${by} ${own}` : `must name ${by}`;
      context.addIssue({ code: 'custom', path: ['rows', index], message });
    }
  });

const set = z
  .strictObject({
    members: z.array(name).min(1).describe('Sources that must carry one stamp (ROCm version and date).'),
    optional: z.array(name).default([]).describe('Members that may be missing.'),
    pairing: pairing
      .optional()
      .describe('Which versions go together; a version of `by` that no row names is not chosen.'),
  })
  .superRefine(({ members, optional, pairing }, context) => {
    const strangers = (names: readonly string[], path: (string | number)[]): void => {
      for (const stranger of names.filter((other) => !members.includes(other)))
        context.addIssue({ code: 'custom', path, message: `${stranger} is not among the set's members` });
    };
    if (members.every((member) => optional.includes(member)))
      context.addIssue({
        code: 'custom',
        path: ['optional'],
        message: 'must leave one member that carries the stamp',
      });
    strangers(optional, ['optional']);
    strangers(pairing ? [pairing.by] : [], ['pairing', 'by']);
    for (const [index, row] of pairing?.rows.entries() ?? [])
      strangers(Object.keys(row), ['pairing', 'rows', index]);
  });

const requirement = z.strictObject({
  when: name.describe('The source that needs something of others.'),
  versions: z.string().default('').describe('Which of its versions, in its own grammar; default: all.'),
  needs: z
    .record(name, z.string().min(1))
    .describe("Ranges by source, each in that source's grammar: `{ torch: ==2.11.* }`."),
});

const range = z.strictObject({
  source: name,
  versions: z
    .string()
    .refine((text) => semver.validRange(text) !== null, 'must be an npm range such as ">=7.12.0 <7.15.0"')
    .describe(
      "npm range over the release's numbers: 7.15.0a20260630 counts as 7.15.0, as a patch series does.",
    ),
  why: z.string().min(1).describe('Shown where it excludes something.'),
});

/** What in an image's YAML says which versions of its sources go together. */
export const coherenceSchema = z
  .strictObject({
    sets: z
      .record(name, set)
      .default({})
      .describe('By name, the most important first; `--<name> ~7.14` asks for a stamp.'),
    requirements: z.array(requirement).default([]),
    ranges: z.array(range).default([]).describe('What the versions of single sources are limited to.'),
    cooldown: z.int().min(0).max(365).default(0).describe('Days that something must have been out.'),
  })
  .superRefine(({ sets }, context) => {
    const taken = new Map<string, string>();
    for (const [title, { members }] of Object.entries(sets))
      for (const member of new Set(members)) {
        const other = taken.get(member);
        taken.set(member, title);
        if (other !== undefined)
          context.addIssue({
            code: 'custom',
            path: ['sets', title],
            message: `${member} is in ${other} too`,
          });
      }
  });

/** `images/<image>/known-bad.yaml` */
export const knownBadSchema = z.array(
  z
    .strictObject({
      source: name.optional().describe('Default: every member of a set that carries the stamp.'),
      versions: z.string().min(1).optional().describe("Range in the source's grammar."),
      stamp: z
        .string()
        .refine((text) => pep440.valid(text), 'must be a stamp such as 7.15.0a20260630')
        .optional(),
      reason: z.string().min(1),
      link: z.url({ protocol: /^https?$/ }).optional(),
    })
    .refine(
      ({ source, versions, stamp }) =>
        (stamp === undefined) === (versions !== undefined && source !== undefined),
      {
        message: 'must name `stamp`, or `source` and `versions`',
      },
    )
    .refine(({ versions, stamp }) => versions === undefined || stamp === undefined, {
      message: 'must not name both `stamp` and `versions`',
    }),
);

export type Coherence = z.infer<typeof coherenceSchema>;
export type KnownBad = z.infer<typeof knownBadSchema>[number];

function within(version: string, begin: string): boolean {
  return version === begin || version.startsWith(`${begin}.`);
}
