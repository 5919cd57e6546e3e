import { imageNamed, readCatalog } from '../../../catalog/catalog.ts';
import { alone } from '../../../lock/alone.ts';
import { changesBetween } from '../../../lock/changes.ts';
import { lockFileOf, lockText, writeLock } from '../../../lock/lock-file.ts';
import { allNewer } from '../../../lock/newer.ts';
import { resolve as resolveImage } from '../../../lock/resolve.ts';
import { InvalidInput } from '../../../model/error.ts';
import { openUpstream } from '../../../sources/open-upstream.ts';
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

/** @param words operands and options that name sources and sets. */
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
  if (options.check) {
    checkLock(image, options, surroundings);
    return;
  }
  await alone(image, surroundings.folders.state, async () => {
    const { places } = openUpstream(surroundings);
    const talk = fetchTalk(surroundings.stderr);
    const request = {
      asked: { wishes, asOf: options.asOf },
      upgrade: options.upgrade,
      base: options.base !== undefined,
    };
    const world = { places, now: surroundings.now().getTime(), progressOf: talk.progressOf };
    const { before, considered, lock, notes } = await resolveImage(image, request, world).finally(talk.close);
    const facts = {
      image: image.definition.image,
      file: lockFileOf(image),
      written: !options.dryRun && writeLock(image, lock),
      changes: changesBetween(before, lock),
      rejected: allNewer(considered),
      notes,
    };
    if (options.json) writeDocument(surroundings, { ...facts, lock: JSON.parse(lockText(lock)) });
    else {
      const talked = { ...facts, lock, first: before === undefined, dryRun: options.dryRun ?? false };
      surroundings.stdout.write(resolutionText(talked));
    }
  });
}
