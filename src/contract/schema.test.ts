import { expect, test } from 'vitest';
import { z } from 'zod';
import { contractSchema } from '../model/contract.ts';

const complaint = (contract: object): string => {
  const result = contractSchema.safeParse(contract);
  return result.success
    ? 'fine'
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0]!;
};

test('every key is documented', () => {
  const undocumented: string[] = [];
  const walk = (schema: z.core.JSONSchema._JSONSchema, path: string): void => {
    if (typeof schema === 'boolean') return;
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      if (typeof value !== 'boolean' && !value.description) undocumented.push(`${path}${key}`);
      walk(value, `${path}${key}.`);
    }
    for (const one of [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])]) {
      if (typeof one === 'object' && !Array.isArray(one)) walk(one, path);
    }
  };
  walk(z.toJSONSchema(contractSchema, { io: 'input' }), '');
  expect(undocumented).toEqual([]);
});

test.each([
  [{ comands: [] }, /Unrecognized key: "comands"/],
  [{ commands: [{ command: 'a b' }] }, /commands.0.command: must be the name of a program/],
  [{ commands: [{ command: 'ls', args: ['a\nb'] }] }, /commands.0.args.0: must not hold control characters/],
  [{ commands: [{ command: 'ls', says: '(' }] }, /commands.0.says: must be a regular expression/],
  [{ commands: [{ command: 'ls', exits: [256] }] }, /commands.0.exits.0/],
  [{ user: { uid: 0 } }, /user.uid/],
  [{ groups: ['$(id)'] }, /groups.0: must be the name of a group/],
  [{ labels: { a: 7 } }, /labels.a: must be a text, or one of/],
  [{ labels: { a: { matches: '[' } } }, /labels.a.matches: must be a regular expression/],
  [{ files: [{ path: 'etc/passwd' }] }, /files.0.path: must be an absolute path/],
  [{ files: [{ path: '/etc/../x' }] }, /files.0.path: must be an absolute path/],
  [{ files: [{ path: '/x', mode: '755' }] }, /files.0.mode: must be an octal mode/],
  [{ files: [{ path: '/x', type: 'absent', mode: '0755' }] }, /files.0: a file that must be absent/],
  [{ files: [{ path: '/x', type: 'directory', content: 'x' }] }, /files.0.content: only a file has content/],
  [{ libraries: [{ path: '/x', codeObjects: { target: 'mi300', wavefront: 32 } }] }, /codeObjects.target/],
  [
    { libraries: [{ path: '/x', codeObjects: { target: 'gfx1151', wavefront: 16 } }] },
    /codeObjects.wavefront/,
  ],
  [{ libraries: [{ path: '/x', answers: [{ command: [], json: {} }] }] }, /answers.0.command/],
  [{ banner: { says: [] } }, /banner.says/],
])('refuses %j', (contract, message) => {
  expect(complaint(contract)).toMatch(message);
});
