import { expect, test } from 'vitest';
import { ulimitsFrom } from './limits.ts';

const text = (
  processes: string,
  files: string,
) => `Limit                     Soft Limit           Hard Limit           Units     
Max processes             ${processes.padEnd(20)} ${processes.padEnd(20)} processes 
Max open files            1024                 ${files.padEnd(20)} files     
`;

test('what this process may have, in full', () => {
  expect(ulimitsFrom(text('96365', '20000'))).toEqual([
    { Name: 'nofile', Soft: 20_000, Hard: 20_000 },
    { Name: 'nproc', Soft: 32_768, Hard: 32_768 },
  ]);
});

test("no limit is podman's own", () => {
  expect(ulimitsFrom(text('unlimited', 'unlimited')).map(({ Hard }) => Hard)).toEqual([1_048_576, 32_768]);
});
