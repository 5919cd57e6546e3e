import { expect, test } from 'vitest';
import { EngineError } from '../model/error.ts';
import { brokenImage } from './broken-image.ts';

test('an image without its manifest is found in what podman says', () => {
  const id = 'cf80f291488372cbd5254bc38fbf75a0c8f906821870e3eb6d8fad14062a2ce1';
  const what = `the images can't be listed: locating item named "manifest" for image with ID "${id}" (consider removing the image to resolve the issue): file does not exist`;
  expect(brokenImage(new EngineError({ what }))).toBe(id);
  expect(
    brokenImage(new EngineError({ what: "the images can't be listed: permission denied" })),
  ).toBeUndefined();
});
