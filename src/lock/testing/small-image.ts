import type { Candidate } from '../../model/candidate.ts';
import { coherenceSchema } from '../../model/coherence.ts';
import type { Choice, Member, NoChoice, Problem } from '../problem.ts';

export const now = Date.parse('2026-07-05T12:00:00Z');
export const wheels = ['torch', 'torch-device', 'torchvision', 'torchaudio'];
const pairing = {
  by: 'torch',
  rows: [
    { torch: '2.11', torchvision: '0.26', torchaudio: '2.11', apex: '1.11' },
    { torch: '2.12', torchvision: '0.27', torchaudio: '2.11', apex: '1.12' },
    { torch: '2.13', torchvision: '0.28', torchaudio: '2.11', apex: '1.13' },
  ],
};
export const paired = { sets: { rocm: { members: [...wheels, 'apex'], optional: ['apex'], pairing } } };

/** `{ torch: '2.11.0+7.14.0 2.12.0+7.15.0' }`: after the plus sign the stamp; without one a version of its own. */
export function image(
  offers: Record<string, string>,
  rules: object = paired,
  more: Partial<Problem> = {},
): Problem {
  const members = Object.entries(offers).map(
    ([source, text]): Member => ({
      source,
      grammar: 'pep440',
      candidates: text
        .split(' ')
        .filter(Boolean)
        .map((offer) => candidateOf(source, offer)),
    }),
  );
  return { members, rules: coherenceSchema.parse(rules), now, ...more };
}

export function candidateOf(source: string, offer: string): Candidate {
  const [release, stamp] = offer.split('+');
  const version = stamp === undefined ? release! : `${release}+rocm${stamp}`;
  return {
    version,
    name: `${source}-${version}`,
    url: 'https://rocm.nightlies.amd.com/',
    ...(stamp ? { stamp } : {}),
  };
}

export const chosen = (choice: Choice | NoChoice): Record<string, string> | undefined =>
  choice.found
    ? Object.fromEntries([...choice.chosen].map(([source, { version }]) => [source, version]))
    : undefined;
export const reasons = ({ rejected }: Choice | NoChoice): string[] =>
  rejected.map(({ of, version, why }) => `${of} ${version}: ${why}`);
export const stampOf = (choice: Choice | NoChoice): string | undefined =>
  choice.found ? choice.stamps.get('rocm') : undefined;

/** All members with these stamps, of the versions that go with torch 2.11. */
export function nightlies(...stamps: string[]): Record<string, string> {
  const all = (version: string) => stamps.map((stamp) => `${version}+${stamp}`).join(' ');
  return {
    torch: all('2.11.0'),
    'torch-device': all('2.11.0'),
    torchvision: all('0.26.0'),
    torchaudio: all('2.11.0'),
  };
}
