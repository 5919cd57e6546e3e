interface DebianVersion {
  epoch: number;
  upstream: string;
  revision: string;
}

/** What Debian's policy takes for a version, at most 256 characters: [epoch:]upstream[-revision]. */
export function validDebianVersion(text: string): boolean {
  const [, upstream] = /^(?:[0-9]{1,9}:)?([^:].*)$/.exec(text) ?? [];
  // Colons are for those that have an epoch.
  const signs = upstream === text ? /^[0-9][A-Za-z0-9.+~-]*$/ : /^[0-9][A-Za-z0-9.+~:-]*$/;
  return (
    text.length <= 256 &&
    signs.test(upstream ?? '') &&
    /^[A-Za-z0-9.+~]*$/.test(read(text).revision) &&
    !text.endsWith('-')
  );
}

/** The part that upstream gave: without epoch and Debian's revision. */
export function upstreamVersion(version: string): string {
  return read(version).upstream;
}

/**
 * Which of two versions is newer, as apt and dpkg see it: deb-version(7).
 * @returns negative, zero or positive, as for sorting the older first.
 */
export function compareDebianVersions(a: string, b: string): number {
  const [one, other] = [read(a), read(b)];
  return (
    one.epoch - other.epoch ||
    comparePart(one.upstream, other.upstream) ||
    comparePart(one.revision, other.revision)
  );
}

function read(version: string): DebianVersion {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: Number(version.slice(0, Math.max(colon, 0))),
    upstream: hyphen < 0 ? rest : rest.slice(0, hyphen),
    // None is as old as `0`.
    revision: hyphen < 0 ? '' : rest.slice(hyphen + 1),
  };
}

/** Runs without digits and numbers in turn, from the left. */
function comparePart(a: string, b: string): number {
  const [ones, others] = [runs(a), runs(b)];
  for (let index = 0; index < Math.max(ones.length, others.length); index += 1) {
    const [one, other] = [ones[index] ?? '', others[index] ?? ''];
    const difference = index % 2 === 0 ? compareSigns(one, other) : compareNumbers(one, other);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `1.10~rc1` → '', '1', '.', '10', '~rc', '1': numbers are at odd places. */
function runs(part: string): string[] {
  const [first = '', ...more] = part.match(/[^0-9]+|[0-9]+/g) ?? [];
  return /^[0-9]/.test(first) ? ['', first, ...more] : [first, ...more];
}

function compareSigns(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A tilde comes even before the end, and letters before all other signs. */
function rank(sign: string | undefined): number {
  if (sign === undefined) return 0;
  if (sign === '~') return -1;
  return /[A-Za-z]/.test(sign) ? sign.charCodeAt(0) : sign.charCodeAt(0) + 256;
}

/** Of any length; none counts as 0. */
function compareNumbers(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}
