import type { Pin } from '../model/lock.ts';

/** A pin in a few words: `2.11.0+rocm7.14.0`, `main at 6e448d0c1b2a`, `trixie-slim@sha256:0123456789ab`. */
export function pinText(pin: Pin): string {
  switch (pin.kind) {
    case 'git': {
      const short = pin.revision.slice(0, 12);
      return pin.version === pin.revision ? short : `${pin.version} at ${short}`;
    }
    case 'oci':
      return `${pin.version}@${pin.digest.slice(0, 19)}`;
    case 'debian': {
      const count = Object.keys(pin.packages).length;
      return `${pin.version}, ${count} package${count === 1 ? '' : 's'}`;
    }
    case 'debian-source':
      return pin.debian;
    default:
      return pin.version;
  }
}
