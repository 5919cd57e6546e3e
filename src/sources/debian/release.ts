import { bytesOf, sha256Of } from '../listing/facts.ts';
import { unreadable } from '../listing/unreadable.ts';
import { signedText } from './clearsigned.ts';

/** A Release file, https://wiki.debian.org/DebianRepository/Format#A.22Release.22_files */
export interface Release {
  /** Such as trixie-updates; what a Release does not tell is empty. */
  codename: string;
  /** Such as stable-updates. */
  suite: string;
  /** Such as 13.2. */
  version?: string;
  /** ISO 8601, UTC. */
  date: string;
  /** Whether its files can be had under their digests too, so that they stay when the archive changes. */
  byHash: boolean;
  /** By path below the folder of the Release. */
  files: ReadonlyMap<string, { sha256: string; size: number }>;
}

/**
 * @param text of an InRelease file. Until when it is valid is not looked at: archives that were frozen stay readable.
 * @throws UpstreamError when it is none.
 */
export function readRelease(text: string, url: string): Release {
  const fields = fieldsOf(signedText(text, url), url);
  const date = momentOfRelease(fields.get('date'));
  if (date === undefined) throw unreadable(url, 'the Release file has no date that can be read');
  const version = fields.get('version');
  if (version !== undefined && !/^[A-Za-z0-9][A-Za-z0-9.+~-]{0,63}$/.test(version)) {
    throw unreadable(url, `the Release file calls itself version ${version}`);
  }
  return {
    codename: fields.get('codename') ?? '',
    suite: fields.get('suite') ?? '',
    ...(version !== undefined && { version }),
    date,
    byHash: fields.get('acquire-by-hash') === 'yes',
    files: filesOf(fields.get('sha256'), url),
  };
}

/** Names in lower case; the lines that continue a field are joined by line ends. */
function fieldsOf(text: string, url: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.trimEnd().split('\n')) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase())) {
      last = name.toLowerCase();
      fields.set(last, value!);
    } else if (last !== undefined && /^[ \t]+[^ \t]/.test(line)) {
      fields.set(last, `${fields.get(last)}\n${line.trim()}`);
    } else {
      throw unreadable(url, `a line of the Release file is no field, or one of twice: ${line}`);
    }
  }
  return fields;
}

function filesOf(lines: string | undefined, url: string): Release['files'] {
  const files = new Map<string, { sha256: string; size: number }>();
  for (const line of lines?.split('\n') ?? []) {
    if (line === '') continue;
    const [digest, bytes, path, ...more] = line.split(/[ \t]+/);
    const [sha256, size] = [sha256Of(digest), bytesOf(bytes)];
    if (sha256 === undefined || size === undefined || path === undefined || more.length > 0) {
      throw unreadable(url, `the Release file lists a file without digest and size: ${line}`);
    }
    files.set(path, { sha256, size });
  }
  return files;
}

/** `Sat, 12 Sep 2026 07:55:41 UTC`: always in English, and always UTC. */
function momentOfRelease(text: string | undefined): string | undefined {
  const [, day, month, year, time] =
    /^[A-Z][a-z]{2}, ([ 0-9][0-9]|[0-9]) ([A-Z][a-z]{2}) (20[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (?:UTC|GMT|\+0000)$/.exec(
      text ?? '',
    ) ?? [];
  const number = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(month ?? '?') / 3 + 1;
  if (day === undefined || !Number.isInteger(number)) return undefined;
  const moment = `${year}-${String(number).padStart(2, '0')}-${day.trim().padStart(2, '0')}T${time}Z`;
  return Number.isNaN(Date.parse(moment)) ? undefined : moment;
}
