import { z } from 'zod';
import { debianPackage, name } from './name.ts';
import { stampKinds } from './stamp.ts';
import { type GrammarName, grammarNames, grammarOf } from './version-grammar.ts';

const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => URL.canParse(text) && bare(new URL(text)), {
    message: 'must be without user, query and fragment',
  });

/** One place for the version; around it what a name on such a place may be made of. */
const pattern = (signs: RegExp, what: string) =>
  z
    .string()
    .max(256)
    .refine((text) => text.split('{version}').length === 2 && signs.test(text.replace('{version}', '')), {
      message: `must hold {version} once, and beside it nothing but ${what}`,
    });
const filePattern = pattern(/^[A-Za-z0-9._+-]*$/, 'letters, digits, ".", "_", "+", "-"').describe(
  'Name of the file; `{version}` stands for the version.',
);

const versions = z
  .string()
  .default('')
  .describe('Accepted versions: PEP 440 specifiers (`>=2.11,<2.13`), an npm range, or `>=2026-06-01`.');
const prereleases = z
  .boolean()
  .default(false)
  .describe('Whether pre-releases are accepted; by PEP 440 every nightly is one.');
const grammar = z.enum(grammarNames).default('pep440').describe('How versions are read and ordered.');
const stamp = z
  .enum(stampKinds)
  .default('none')
  .describe(
    'Where the stamp is that the members of a set share: `local` (2.11.0+rocm7.14.0: 7.14.0) or `version` itself.',
  );

const listingKeys = { grammar, versions, prereleases, stamp };

export const pythonIndexSchema = z
  .strictObject({
    kind: z.literal('python-index'),
    index: webUrl.describe('Simple index (PEP 503 or PEP 691), the folder above the projects.'),
    project: z
      .string()
      .max(128)
      .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be the name of a Python project'),
    versions,
    prereleases,
    python: z
      .string()
      .regex(/^3\.[0-9]{1,2}(\.[0-9]{1,2})?$/, 'must be a Python version such as "3.12" (with quotes)')
      .describe('Interpreter that the wheels must fit; without a third number any late one of that series.'),
    platforms: z
      .array(z.string().regex(/^[a-z0-9_]+$/))
      .min(1)
      .optional()
      .describe('Accepted platform tags beside `any`, the preferred first; default: Linux on x86_64.'),
    stamp,
  })
  .superRefine((source, context) => checkRange({ ...source, grammar: 'pep440' }, context));

export const s3ListingSchema = z
  .strictObject({
    kind: z.literal('s3-listing'),
    url: webUrl.describe('The bucket, e.g. https://therock-nightly-tarball.s3.amazonaws.com/'),
    file: pattern(/^[A-Za-z0-9._+/-]*$/, 'letters, digits, ".", "_", "+", "-", "/"')
      .refine((text) => !text.startsWith('/') && !text.split('/').includes('..'), {
        message: 'must be a key of the bucket, without ".."',
      })
      .describe('Key in the bucket; what stands before `{version}` is asked for as the prefix.'),
    ...listingKeys,
  })
  .superRefine(checkRange);

export const htmlListingSchema = z
  .strictObject({
    kind: z.literal('html-listing'),
    url: webUrl.describe('A plain directory page.'),
    file: filePattern,
    ...listingKeys,
  })
  .superRefine(checkRange);

export const githubReleaseSchema = z
  .strictObject({
    kind: z.literal('github-release'),
    repository: z
      .string()
      .max(140)
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]*[A-Za-z0-9_-]$/, 'must be owner/name'),
    file: filePattern,
    tag: pattern(/^[A-Za-z0-9._+/-]*$/, 'letters, digits, ".", "_", "+", "-", "/"')
      .default('v{version}')
      .describe('Name of the tag; `{version}` stands for the version.'),
    ...listingKeys,
  })
  .superRefine(checkRange);

const series = z
  .array(name)
  .default([])
  .describe('Patch series applied to the tree, in this order; folders of `patches/`.');

export const gitSchema = z
  .strictObject({
    kind: z.literal('git'),
    url: webUrl.describe('The repository, over http or https.'),
    tag: pattern(/^[A-Za-z0-9._+/-]*$/, 'letters, digits, ".", "_", "+", "-", "/"')
      .optional()
      .describe('The newest tag of this form; `{version}` stands for the version.'),
    branch: z
      .string()
      .max(200)
      .regex(
        /^(?!.*(\.\.|\/\/|\.lock(\/|$)|\/\.))[A-Za-z0-9_][A-Za-z0-9._+/-]*(?<![/.])$/,
        'must be the name of a branch',
      )
      .optional()
      .describe('What this branch is at.'),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}$/, 'must be a full commit: 40 lower-case hexadecimal digits')
      .optional(),
    ...listingKeys,
    series,
  })
  .superRefine(checkRange)
  .refine(({ tag, branch, commit }) => [tag, branch, commit].filter(Boolean).length === 1, {
    message: 'must name one of `tag`, `branch` and `commit`',
  });

/** A tag of an image; which registry is part of the name, as Podman wants it. */
export const ociReference = z
  .string()
  .max(255)
  .regex(
    /^(?=[^/]*[.:]|localhost\/)[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/,
    'must be registry/name:tag, such as docker.io/library/debian:trixie-slim',
  );

const ociSchema = z.strictObject({
  kind: z.literal('oci'),
  reference: ociReference.describe('Registry, name and tag; the lock holds the digest for linux/amd64.'),
});

const suite = z
  .string()
  .max(64)
  .regex(/^[a-z]+$/, 'must be the name of a Debian release such as trixie')
  .describe('Debian suite; its updates and security updates are looked at too.');

export const debianSchema = z.strictObject({
  kind: z.literal('debian'),
  suite,
  packages: z
    .array(debianPackage)
    .default([])
    .describe('Binary packages beside those that layers name in `with.packages`.'),
});

export const debianSourceSchema = z.strictObject({
  kind: z.literal('debian-source'),
  package: debianPackage.describe('Name of the source package; its `.orig` tarball is the tree.'),
  suite,
  series,
});

/** What an image takes from upstream, by kind; each kind has its module in `src/sources/`. */
export const sourceSchema = z.discriminatedUnion('kind', [
  pythonIndexSchema,
  s3ListingSchema,
  htmlListingSchema,
  githubReleaseSchema,
  gitSchema,
  ociSchema,
  debianSchema,
  debianSourceSchema,
]);

export type Source = z.infer<typeof sourceSchema>;
export type GitSource = z.infer<typeof gitSchema>;
export type DebianPackages = z.infer<typeof debianSchema>;
export type DebianSource = z.infer<typeof debianSourceSchema>;
export type PythonIndexSource = z.infer<typeof pythonIndexSchema>;
export type S3ListingSource = z.infer<typeof s3ListingSchema>;
export type HtmlListingSource = z.infer<typeof htmlListingSchema>;
export type GithubReleaseSource = z.infer<typeof githubReleaseSchema>;

/** Names of the series that are applied to a source's tree. */
export function seriesOf(source: Source): readonly string[] {
  return 'series' in source ? source.series : [];
}

function bare({ username, password, search, hash }: URL): boolean {
  return username === '' && password === '' && search === '' && hash === '';
}

function checkRange(source: { grammar: GrammarName; versions: string }, context: z.RefinementCtx): void {
  if (grammarOf(source.grammar).validRange(source.versions)) return;
  context.addIssue({
    code: 'custom',
    path: ['versions'],
    message: `is no range of ${source.grammar} versions`,
  });
}
