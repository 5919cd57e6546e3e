import { createHash } from 'node:crypto';

/** One file of a generated index, as upstream would describe it. */
export interface FixtureFile {
  name: string;
  sha256?: string;
  /** Digest of the metadata file beside it, PEP 658; default: a stand-in. */
  metadata?: string;
  requiresPython?: string;
  /** PEP 592: the reason. */
  yanked?: string;
  size?: number;
  uploaded?: string;
}

export function file(name: string, facts: Omit<FixtureFile, 'name'> = {}): FixtureFile {
  return { name, sha256: digestOf(name), ...facts };
}

export function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A project's page in the form of AMD's indexes: files one folder up, `%2B` in the link and `+` in the text. */
export function simpleHtml(project: string, files: readonly FixtureFile[]): string {
  const lines = files.map(({ name, sha256, metadata = sha256, requiresPython, yanked }) => {
    const attributes = [
      metadata && ` data-dist-info-metadata="sha256=${metadata}" data-core-metadata="sha256=${metadata}"`,
      requiresPython !== undefined && ` data-requires-python="${escaped(requiresPython)}"`,
      yanked !== undefined && ` data-yanked="${escaped(yanked)}"`,
    ];
    const link = `../${encodeURIComponent(name)}${sha256 ? `#sha256=${sha256}` : ''}`;
    return `    <a href="${link}"${attributes.filter(Boolean).join('')}>${escaped(name)}</a><br/>`;
  });
  return [
    ...['<!DOCTYPE html>', '<html>', '  <body>', `    <h1>Links for ${project}</h1>`, ...lines],
    ...['  </body>', '</html>', '<!--TIMESTAMP 1782800000-->'],
  ].join('\n');
}

/** The same page by PEP 691. */
export function simpleJson(project: string, files: readonly FixtureFile[]): string {
  return JSON.stringify({
    meta: { 'api-version': '1.1' },
    name: project,
    versions: [],
    files: files.map(({ name, sha256, metadata = sha256, requiresPython, yanked, size, uploaded }) => ({
      filename: name,
      url: `../${encodeURIComponent(name)}`,
      hashes: sha256 ? { sha256 } : {},
      'requires-python': requiresPython ?? null,
      yanked: yanked === undefined ? false : yanked === '' ? true : yanked,
      'core-metadata': metadata ? { sha256: metadata } : false,
      size,
      'upload-time': uploaded,
    })),
  });
}

/** torch on the nightly index: stable and nightly streams, mixed Python tags, another system's wheels, a yanked one. */
export function torchFiles(): FixtureFile[] {
  const stamps = ['7.14.0', '7.14.0a20260628', '7.14.0a20260629', '7.14.0a20260630', '7.15.0a20260701'];
  const wheel = (version: string, tags: string, facts?: Omit<FixtureFile, 'name'>) =>
    file(`torch-${version}-${tags}.whl`, facts);
  return [
    ...stamps.flatMap((stamp) => [
      wheel(`2.11.0+rocm${stamp}`, 'cp310-cp310-linux_x86_64', { requiresPython: '>=3.10' }),
      wheel(`2.11.0+rocm${stamp}`, 'cp312-cp312-linux_x86_64', { requiresPython: '>=3.10' }),
      wheel(`2.11.0+rocm${stamp}`, 'cp312-cp312-win_amd64', { requiresPython: '>=3.10' }),
    ]),
    // The newest nightly has no wheel for 3.12 yet.
    wheel('2.11.0+rocm7.15.0a20260702', 'cp310-cp310-linux_x86_64', { requiresPython: '>=3.10' }),
    wheel('2.12.0+rocm7.14.0', 'cp312-cp312-linux_x86_64', { yanked: 'wrong <rpath> & more' }),
    wheel('2.12.0a20260630+rocm7.15.0a20260630', 'cp312-cp312-linux_x86_64'),
    wheel('2.9.1+rocm7.14.0', 'cp312-cp312-linux_x86_64', { requiresPython: '>=3.9,<3.12' }),
    wheel('2.10.0+rocm7.14.0', 'cp312-cp312-linux_x86_64', { requiresPython: '>=3.10' }),
    file('torch-2.11.0.tar.gz'),
    wheel('nightly', 'cp312-cp312-linux_x86_64'),
    file('torchvision-0.26.0+rocm7.14.0-cp312-cp312-linux_x86_64.whl'),
  ];
}
