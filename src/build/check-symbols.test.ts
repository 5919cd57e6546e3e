import { expect, test } from 'vitest';
import { withSections, withSymbols } from '../contract/fixtures.ts';
import type { Engine } from '../engine/engine.ts';
import { ContractFailed } from '../model/error.ts';
import type { Rccl } from '../model/image.ts';
import type { Recipe } from '../plan/recipe.ts';
import { checkSymbols } from './check-symbols.ts';

const rccl: Rccl = {
  choice: 'auto',
  source: 'rccl',
  layer: 'rccl',
  library: '/out/librccl.so.1',
  neededBy: [
    { layer: 'torch', file: '/torch/libtorch_hip.so' },
    { layer: 'rccl', file: '/out/bin/rccl-hello' },
  ],
  symbols: ['ncclGetVersion', 'rcclGetAlgoInfo'],
};
const undefinedHere = { section: 0 };
const torch = withSymbols({
  ncclCommResume: undefinedHere,
  ncclSend: undefinedHere,
  pncclSend: undefinedHere,
  mscclLoadAlgo: undefinedHere,
  // Not of RCCL's public interface, not demanded, or its own.
  hipMalloc: undefinedHere,
  mscclpp_create: undefinedHere,
  nccl_helper: undefinedHere,
  rcclInternal: undefinedHere,
  ncclOptional: { section: 0, bind: 2 },
  ncclOwn: {},
});
const hello = withSymbols({ ncclSend: undefinedHere, main: {} });
const whole = {
  ncclCommResume: {},
  ncclSend: { bind: 2 },
  pncclSend: {},
  mscclLoadAlgo: { visibility: 3 },
  ncclGetVersion: {},
  rcclGetAlgoInfo: {},
};

function check(files: Record<string, Buffer>, asked: Partial<Rccl> = {}): Promise<number> {
  const all: Record<string, Buffer> = {
    'ref-torch:/torch/libtorch_hip.so': torch,
    'ref-rccl:/out/bin/rccl-hello': hello,
    ...files,
  };
  const readFile = async (image: string, path: string) => all[`${image}:${path}`];
  const recipes = ['rccl', 'torch'].map((layer) => ({ layer, reference: `ref-${layer}` }));
  return checkSymbols(
    { readFile } as unknown as Engine,
    { ...rccl, ...asked },
    recipes as unknown as Recipe[],
    new AbortController().signal,
  );
}
const library = (symbols: Parameters<typeof withSymbols>[0]) => ({
  'ref-rccl:/out/librccl.so.1': withSymbols(symbols),
});
const without = (...names: (keyof typeof whole)[]) =>
  library(Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name as never))));

async function refusal(run: Promise<number>): Promise<ContractFailed> {
  const failure = await run.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ContractFailed);
  return failure as ContractFailed;
}

test('a library that has everything passes, and says how much that was', async () => {
  expect(await check(library(whole))).toBe(6);
});

test('what an old library lacks under a newer torch is named, with who needs it', async () => {
  const { exitCode, facts } = await refusal(check(without('ncclCommResume', 'ncclSend')));
  expect(exitCode).toBe(5);
  expect(facts).toEqual({
    what: 'librccl of layer rccl lacks 2 symbols: ncclCommResume (needed by /torch/libtorch_hip.so of layer torch), ncclSend (needed by /torch/libtorch_hip.so of layer torch, /out/bin/rccl-hello of layer rccl)',
    next: 'Build RCCL from a tree as new as that torch, or set rccl.choice to stock.',
  });
});

test('a given list counts like a file, also for names of no public prefix', async () => {
  const { facts } = await refusal(check(without('rcclGetAlgoInfo')));
  expect(facts.what).toBe('librccl of layer rccl lacks 1 symbol: rcclGetAlgoInfo (needed by rccl.symbols)');
});

test('many are named in the detail', async () => {
  const { facts } = await refusal(check(library({})));
  expect(facts.what).toMatch(/^librccl of layer rccl lacks 6 symbols: .*, and 3 more$/);
  expect(facts.detail).toHaveLength(6);
});

test.each([
  ['local', { bind: 0 }],
  ['hidden', { visibility: 2 }],
  ['internal', { visibility: 1 }],
  ['undefined there too', { section: 0 }],
])('a symbol that is %s is none', async (_, parts) => {
  const { facts } = await refusal(check(library({ ...whole, ncclSend: parts })));
  expect(facts.what).toContain('lacks 1 symbol: ncclSend');
});

test.each<[string, Record<string, Buffer>, Partial<Rccl>, string]>([
  ['a library that is not there', {}, {}, '/out/librccl.so.1 of layer rccl is not there'],
  [
    'a library that is a script',
    { 'ref-rccl:/out/librccl.so.1': Buffer.from('INPUT(-lrccl)') },
    {},
    '/out/librccl.so.1 of layer rccl is not an ELF file',
  ],
  [
    'a user that is not there',
    library(whole),
    { neededBy: [{ layer: 'torch', file: '/gone' }] },
    '/gone of layer torch is not there',
  ],
  [
    'a user without dynamic symbols',
    { ...library(whole), 'ref-torch:/static': withSections({}) },
    { neededBy: [{ layer: 'torch', file: '/static' }] },
    '/static of layer torch has no dynamic symbols',
  ],
])('%s is named', async (_, files, asked, said) => {
  const { exitCode, facts } = await refusal(check(files, asked));
  expect(exitCode).toBe(5);
  expect(facts.what).toBe(`the symbols of librccl of layer rccl can't be checked: ${said}`);
});

test('all files that cannot be read are named at once', async () => {
  const { facts } = await refusal(check({ 'ref-torch:/torch/libtorch_hip.so': Buffer.alloc(3) }));
  expect(facts.what).toContain(
    'librccl.so.1 of layer rccl is not there; /torch/libtorch_hip.so of layer torch is not',
  );
});
