import { expect, test } from 'vitest';
import { ownName } from './short-name.ts';

test.each([
  ['rdma-check:0.1.0', 'localhost/rdma-check:0.1.0'],
  ['by-hand/base', 'localhost/by-hand/base'],
  ['localhost/rdma-check:0.1.0', 'localhost/rdma-check:0.1.0'],
  ['quay.io/a/b:c', 'quay.io/a/b:c'],
  ['127.0.0.1:5000/a', '127.0.0.1:5000/a'],
  [`sha256:${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
  ['029edd346b8a', '029edd346b8a'],
])('%s is %s', (given, named) => {
  expect(ownName(given)).toBe(named);
});
