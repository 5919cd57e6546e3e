/**
 * Where a file of the pool can be had, the likeliest place first: what security updates bring is on the archive of their
 * own below pool/updates/, and the rest on the main one.
 * @param path below the archive's base, such as pool/main/r/rccl/rccl_5.4.3.orig.tar.gz.
 * @param bases with a slash at the end.
 */
export function poolUrls(path: string, bases: readonly string[]): string[] {
  const rank = (base: string) => (isSecurity(base) === path.startsWith('pool/updates/') ? 0 : 1);
  return bases.toSorted((a, b) => rank(a) - rank(b)).map((base) => base + path);
}

/** Debian's security updates have archives of their own, whose URLs say so. */
export function isSecurity(base: string): boolean {
  return base.includes('security');
}
