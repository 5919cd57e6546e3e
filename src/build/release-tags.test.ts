import { expect, test } from 'vitest';
import { missingTags, releaseReferences } from './release-tags.ts';

const image = { image: 'demo', tags: ['{version}', '{version}-{time}'] };
const time = new Date('2026-11-22T10:20:30.400Z');

test('a new image gets its version and its time', () => {
  expect(missingTags(image, '1.0.0', time, ['localhost/halobox/app:k'])).toEqual([
    'demo:1.0.0',
    'demo:1.0.0-20261122-102030',
  ]);
});

test('a reused image keeps the time of its build', () => {
  expect(missingTags(image, '1.0.0', time, ['localhost/demo:1.0.0-20260101-000000'])).toEqual(['demo:1.0.0']);
  expect(missingTags(image, '1.0.0', time, ['demo:1.0.0', 'demo:1.0.0-20260101-000000'])).toEqual([]);
});

test('a tag of other settings is another tag', () => {
  expect(missingTags(image, '1.0.0', time, ['demo:1.0.0-x-20260101-000000'])).toHaveLength(2);
});

test("release references leave out the layers' own", () => {
  expect(
    releaseReferences('demo', ['localhost/halobox/app:k', 'localhost/demo:1', 'demo:2', 'other:3']),
  ).toEqual(['demo:2', 'localhost/demo:1']);
});
