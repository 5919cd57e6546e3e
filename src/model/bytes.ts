import { z } from 'zod';

const units = { kB: 1e3, MB: 1e6, GB: 1e9 } as const;

/** A size as people write it, such as `1.5GB`; decimal, as registries count. Parsed: bytes. */
export const byteSize = z
  .string()
  .regex(/^[0-9]{1,6}(\.[0-9]{1,3})?(kB|MB|GB)$/, 'must be a size such as 800MB or 1.5GB')
  .transform((text) => {
    const [, number, unit] = /^([0-9.]+)(kB|MB|GB)$/.exec(text)!;
    return Math.round(Number(number) * units[unit as keyof typeof units]);
  });

/** `12.3 MB`; decimal, as registries count. */
export function bytesText(bytes: number): string {
  for (const unit of ['GB', 'MB', 'kB'] as const)
    if (bytes >= units[unit]) return `${(bytes / units[unit]).toFixed(1)} ${unit}`;
  return `${bytes} B`;
}
