import type { Candidate } from '../model/candidate.ts';
import type { FilePin, Pin } from '../model/lock.ts';
import type { Credentials } from '../registry/credentials.ts';
import type { Store } from './artefacts/store.ts';
import type { Archive } from './debian/archive.ts';
import { pinDebian } from './debian/pin.ts';
import { pinDebianSource } from './debian/pin-source.ts';
import { listGit } from './git/list.ts';
import { gitPinOf, pinGit } from './git/pin.ts';
import type { GitAccess } from './git/run-git.ts';
import { listGithubReleases } from './github-release/list.ts';
import { listHtml } from './html-listing/list.ts';
import type { Http, HttpClient } from './http/http.ts';
import { pinOci } from './oci/pin.ts';
import type { Places, Progress } from './places.ts';
import { listPythonIndex } from './python-index/list.ts';
import { listS3 } from './s3-listing/list.ts';

interface Access {
  http: HttpClient;
  store: Store;
  archive: Archive;
  git: GitAccess;
  env: NodeJS.ProcessEnv;
  credentials: Credentials;
}

/** Every kind of source with its module: the one place that knows all of them. */
export function openPlaces({ http, store, archive, git, env, credentials }: Access): Places {
  return {
    async list(source) {
      switch (source.kind) {
        case 'python-index':
          return await listPythonIndex(source, http);
        case 's3-listing':
          return await listS3(source, http);
        case 'html-listing':
          return await listHtml(source, http);
        case 'github-release':
          return await listGithubReleases(source, http, env);
        case 'git':
          return await listGit({ ...source, tag: source.tag! }, git);
        default:
          throw new Error(`${source.kind} has no versions to choose from`);
      }
    },
    async pin(source, candidate, progress) {
      const { version, date, stamp } = candidate;
      const known = { version, ...(date !== undefined && { date }), ...(stamp !== undefined && { stamp }) };
      if (source.kind === 'git') return gitPinOf(candidate);
      const file = await fileOf(candidate, store, http, progress);
      return { kind: source.kind as FilePin['kind'], ...known, file };
    },
    async current(source): Promise<Pin> {
      switch (source.kind) {
        case 'git':
          return await pinGit(source, git);
        case 'oci':
          return await pinOci(source.reference, http, credentials);
        case 'debian':
          return await pinDebian(source, archive);
        case 'debian-source':
          return await pinDebianSource(source, archive);
        default:
          throw new Error(`${source.kind} has versions to choose from`);
      }
    },
    base: (reference) => pinOci(reference, http, credentials),
  };
}

/** Size and digest as the index tells them; what it does not tell is found out. */
async function fileOf(
  { name, url, sha256, size }: Candidate,
  store: Store,
  http: Http,
  progress: Progress,
): Promise<FilePin['file']> {
  if (sha256 !== undefined && size !== undefined) return { name, url, size, sha256 };
  const length = sha256 === undefined ? undefined : await lengthOf(url, http);
  if (sha256 !== undefined && length !== undefined) return { name, url, size: length, sha256 };
  const brought = await store.bring({ urls: [url], sha256, size }, { progress });
  return { name, url, size: brought.size, sha256: brought.sha256 };
}

/** An index of PEP 503 tells digests and no sizes: spares fetching gigabytes for a number. */
async function lengthOf(url: string, http: Http): Promise<number | undefined> {
  const { status, headers } = await http.raw(url, { method: 'HEAD' });
  const length = headers.get('content-length') ?? '';
  return status === 200 && /^[0-9]{1,15}$/.test(length) ? Number(length) : undefined;
}
