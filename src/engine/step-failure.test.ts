import { expect, test } from 'vitest';
import type { FailureContext } from './failure.ts';
import { DiskWatch, stepFailure } from './step-failure.ts';

const context: FailureContext = {
  kind: 'podman',
  endpoint: '/usr/bin/podman',
  storage: '/var/lib/containers/storage',
};
const at = { step: 3, name: 'RUN make', message: 'while running runtime: exit status 1' };

test("a failed step is named, in the engine's words", () => {
  expect(stepFailure(at, new DiskWatch(), context)).toMatchObject({
    step: 3,
    stepName: 'RUN make',
    facts: { what: at.message, where: '/usr/bin/podman' },
  });
});

test('a step in which the disk ran full says so, and what to do', () => {
  const disk = new DiskWatch();
  disk.see({ type: 'step-log', step: 3, text: "dd: error writing '/big': No space left on device" });
  expect(stepFailure(at, disk, context).facts).toMatchObject({
    what: 'while running runtime: exit status 1 (no space left on device)',
    next: expect.stringMatching(/^Free space under \/var\/lib\/containers\/storage/),
  });
  expect(stepFailure({ ...at, step: 4 }, disk, context).facts.next).toBeUndefined();
});

test("the engine's own full disk, without buildah's structures", () => {
  const message =
    '1 error occurred: storing "/blob": error during bulk transfer for copier.request{Request:"PUT", A:B{}}: copier: put: write /blob: no space left on device';
  const { facts } = stepFailure({ ...at, message }, new DiskWatch(), context);
  expect(facts.what).toBe(
    '1 error occurred: storing "/blob": copier: put: write /blob: no space left on device',
  );
  expect(facts.next).toMatch(/podman system prune/);
});

test('a long message keeps its end', () => {
  const { what } = stepFailure({ message: `${'x'.repeat(900)}: cause` }, new DiskWatch(), context).facts;
  expect(what).toHaveLength(401);
  expect(what).toMatch(/^….*: cause$/);
});

test('outside of a step there is none', () => {
  expect(stepFailure({ name: '[internal] load', message: 'gone' }, new DiskWatch(), context)).toMatchObject({
    step: undefined,
    stepName: undefined,
  });
});
