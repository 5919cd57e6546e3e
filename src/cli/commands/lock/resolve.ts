import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CatalogImage, imageNamed, readCatalog } from '../../../catalog/catalog.ts';
import { type Asked, nothingAsked } from '../../../lock/asked.ts';
import { changesBetween } from '../../../lock/changes.ts';
import { type Considered, consider, keptPins } from '../../../lock/consider.ts';
import { lockFileOf, lockText, readLock, writeLock } from '../../../lock/lock-file.ts';
import { lockOf } from '../../../lock/lock-of.ts';
import { allNewer } from '../../../lock/newer.ts';
import { queriesOf } from '../../../lock/queries.ts';
import { staleness } from '../../../lock/stale.ts';
import { ExitCode, HaloboxError, InvalidInput } from '../../../model/error.ts';
import type { Lock } from '../../../model/lock.ts';
import { openUpstream } from '../../../sources/open-upstream.ts';
import { takeExclusively } from '../../../store/exclusive.ts';
import { fetchTalk } from '../../fetch-talk.ts';
import { writeDocument } from '../../output.ts';
import type { Surroundings } from '../../surroundings.ts';
import { splitWishes } from '../../wish-words.ts';
import { checkLock } from './check.ts';
import { resolutionText } from './text.ts';

export interface ResolveOptions {
  asOf?: string;
  upgrade: string[];
  dryRun?: boolean;
  check?: boolean;
  base?: 'oci';
  json?: boolean;
}

export async function resolve(
  words: readonly string[],
  options: ResolveOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { operands, wishes } = splitWishes(words);
  const [name, ...rest] = operands;
  if (name === undefined || rest.length > 0) {
    throw new InvalidInput({
      what: name === undefined ? 'which image?' : `one image at a time, not ${operands.join(', ')}`,
      next: 'halobox images lists them: halobox resolve <image>',
    });
  }
  const image = imageNamed(readCatalog(surroundings.root), name);
  if (options.check) return checkLock(image, options, surroundings);
  const asked: Asked = { wishes, asOf: options.asOf };
  await alone(image, surroundings, async () => {
    const before = readLock(image);
    const { considered, lock } = await resolved(image, before, asked, options, surroundings);
    const written = !options.dryRun && writeLock(image, lock);
    const facts = {
      image: image.definition.image,
      file: lockFileOf(image),
      written,
      changes: changesBetween(before, lock),
      rejected: allNewer(considered),
      notes: considered.notes,
    };
    if (options.json) writeDocument(surroundings, { ...facts, lock: JSON.parse(lockText(lock)) });
    else
      surroundings.stdout.write(
        resolutionText({ ...facts, lock, first: before === undefined, dryRun: options.dryRun ?? false }),
      );
  });
}

async function resolved(
  image: CatalogImage,
  before: Lock | undefined,
  given: Asked,
  options: ResolveOptions,
  surroundings: Surroundings,
): Promise<{ considered: Considered; lock: Lock }> {
  const { definition, knownBad } = image;
  const anew = options.upgrade.length > 0 ? upgraded(image, options.upgrade) : undefined;
  // One source is chosen anew as the rest was: under what was asked for then.
  const earlier = (anew && before?.asked) ?? nothingAsked;
  const asked: Asked = {
    wishes: { ...earlier.wishes, ...given.wishes },
    asOf: given.asOf ?? earlier.asOf,
  };
  const stale = before ? staleness(definition, knownBad, before) : [];
  const kept =
    before && anew
      ? keptPins(queriesOf(definition), before, (name) => stale.some(({ source }) => source === name), anew)
      : new Map();
  const wantsBase = options.base !== undefined || !definition.base.debootstrap || before?.base !== undefined;
  const base = wantsBase ? (anew && !anew.has('base') && before?.base) || definition.base.oci : undefined;
  if (options.base && !definition.base.oci) {
    throw new InvalidInput({
      what: `${definition.image} has no base of a registry`,
      where: '--base oci',
      next: 'Leave the flag out, or add `base.oci` to image.yaml.',
    });
  }
  const { places } = openUpstream(surroundings);
  const talk = fetchTalk(surroundings.stderr);
  try {
    const now = surroundings.now().getTime();
    const considered = await consider(image, { asked, kept, base, now }, places);
    const lock = await lockOf(image, considered, asked, before, places, talk.progressOf);
    return { considered, lock };
  } finally {
    talk.close();
  }
}

/** The sources that `--upgrade` names; a set stands for its members. */
function upgraded({ definition }: CatalogImage, names: readonly string[]): Set<string> {
  const { sets } = definition.coherence;
  const known = [...Object.keys(definition.sources), ...Object.keys(sets), 'base'];
  return new Set(
    names.flatMap((name) => {
      if (Object.hasOwn(sets, name)) return sets[name]!.members;
      if (known.includes(name)) return [name];
      throw new InvalidInput({
        what: `${definition.image} has neither a source nor a set ${JSON.stringify(name)}`,
        where: `--upgrade ${name}`,
        next: `Known: ${known.join(', ')}.`,
      });
    }),
  );
}

/** Two at once on one image would each write over what the other read. */
async function alone(
  image: CatalogImage,
  { folders }: Surroundings,
  work: () => Promise<void>,
): Promise<void> {
  const folder = join(folders.state, 'resolving');
  mkdirSync(folder, { recursive: true });
  const place = createHash('sha256').update(realpathSync(image.folder)).digest('hex');
  const file = join(folder, place.slice(0, 32));
  const owner = takeExclusively(file);
  if (owner !== undefined) {
    throw new HaloboxError(ExitCode.failed, {
      what: `another halobox (process ${owner}) is resolving ${image.definition.image}`,
      where: { file },
      next: 'Wait until it is done; if there is none, remove this file.',
    });
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}
