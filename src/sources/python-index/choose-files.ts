import type { Listing } from '../../model/candidate.ts';
import { pins } from '../../model/pep440-specifier.ts';
import type { PythonIndexSource } from '../../model/source.ts';
import { grammarOf } from '../../model/version-grammar.ts';
import { type Listed, makeListing } from '../listing/make-listing.ts';
import { shown } from '../listing/shown.ts';
import type { IndexFile, IndexPage, RefusedFile } from './index-file.ts';
import { fitOf, type Interpreter, interpreterOf, interpreterVersion } from './wheel-fit.ts';
import { normalName, parseWheelName, type WheelName } from './wheel-name.ts';

const pep440 = grammarOf('pep440');

interface Wheel {
  file: IndexFile;
  name: WheelName;
  /** See `fitOf`. */
  fit: number;
}

/**
 * One wheel for each version, the one that pip would install: PEP 425's tags, PEP 440's versions, PEP 592's yanked files.
 * Every other file of the project is passed over with the reason.
 */
export function chooseFiles(page: IndexPage, source: PythonIndexSource): Listing {
  const interpreter = interpreterOf(source.python, source.platforms);
  const others: RefusedFile[] = [...page.refused];
  const wheels: Wheel[] = [];
  for (const file of page.files) {
    const name = parseWheelName(file.name);
    const why = name ? whyAnother(name, source) : whyNoWheel(file.name);
    if (why !== undefined) others.push({ name: file.name, why });
    else if (name) wheels.push({ file, name, fit: fitOf(name.tags, interpreter) });
  }
  wheels.sort(asPip);
  const choose = (pinned: boolean): Listing => {
    const best = new Map<string, string>();
    const listed = wheels.map((wheel): Listed => {
      const { file, name } = wheel;
      const better = best.get(name.version);
      const why =
        whyUnfit(wheel, source, interpreter) ??
        (pinned && pins(name.version, source.versions) ? undefined : whyYanked(file)) ??
        (better === undefined ? undefined : `${better} fits better`);
      if (why === undefined) best.set(name.version, file.name);
      return { ...file, version: name.version, why };
    });
    return makeListing(listed, { ...source, grammar: 'pep440' }, others);
  };
  // By PEP 592 a yanked file serves only a specifier that pins its version, and only where nothing else does.
  const listing = choose(false);
  return listing.candidates.length > 0 ? listing : choose(true);
}

/** Of two wheels of one version pip takes the better fit, then the higher build; the name makes it the same each time. */
function asPip(a: Wheel, b: Wheel): number {
  const byText = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    (a.fit === b.fit ? 0 : a.fit - b.fit) ||
    b.name.build[0] - a.name.build[0] ||
    byText(b.name.build[1], a.name.build[1]) ||
    byText(a.file.name, b.file.name)
  );
}

function whyAnother(name: WheelName, source: PythonIndexSource): string | undefined {
  return name.project === normalName(source.project) ? undefined : `a wheel of ${name.project}`;
}

function whyNoWheel(file: string): string {
  return /\.(tar\.(gz|bz2|xz)|tgz|zip)$/.test(file) ? 'a source distribution, no wheel' : 'no wheel';
}

function whyUnfit(
  { file, name, fit }: Wheel,
  source: PythonIndexSource,
  interpreter: Interpreter,
): string | undefined {
  if (fit === Number.POSITIVE_INFINITY) return whyTags(name, interpreter);
  const { requiresPython } = file;
  if (requiresPython !== undefined) {
    if (!pep440.validRange(requiresPython))
      return `requires Python ${shown(requiresPython)}, which is no specifier`;
    if (!pep440.satisfies(interpreterVersion(source.python), requiresPython)) {
      return `requires Python ${shown(requiresPython)}, not ${source.python}`;
    }
  }
  return undefined;
}

function whyYanked({ yanked }: IndexFile): string | undefined {
  if (yanked === undefined) return undefined;
  return yanked === '' ? 'yanked' : `yanked: ${shown(yanked)}`;
}

/** The part of the tags that stands in the way. */
function whyTags({ tags }: WheelName, interpreter: Interpreter): string {
  const platforms = [...new Set(tags.map(({ platform }) => platform))];
  const named = tags.some(({ platform }) => platform === 'any' || interpreter.platforms.includes(platform));
  if (!named) return `for ${shown(platforms.join('.'))}`;
  const pythons = [...new Set(tags.map(({ python, abi }) => `${python}-${abi}`))];
  return `for ${shown(pythons.join('.'))}, not cp3${interpreter.minor}`;
}
