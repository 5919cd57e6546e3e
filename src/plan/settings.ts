import { InvalidInput } from '../model/error.ts';
import type { Image } from '../model/image.ts';
import { seriesOf } from '../model/source.ts';

/** What a person may change about a build, checked against the image. */
export interface Settings {
  /** Every argument of the image with its value. */
  arguments: Readonly<Record<string, string>>;
  /** Series that are left out. */
  withoutSeries: readonly string[];
  /** The image's version, marked when the settings are not the default: such an image must not pass for the plain one. */
  version: string;
}

/**
 * @param set `name=value` texts of `--set`.
 * @throws InvalidInput for unknown arguments, values and series.
 */
export function settingsOf(image: Image, set: readonly string[], withoutSeries: readonly string[]): Settings {
  const values: Record<string, string> = {};
  for (const [name, argument] of Object.entries(image.arguments)) values[name] = argument.default;
  for (const text of set) {
    const [name = '', value = ''] = text.split(/=(.*)/s);
    const argument = Object.hasOwn(image.arguments, name) ? image.arguments[name] : undefined;
    if (!argument) {
      const known = Object.keys(image.arguments).join(', ') || 'none';
      throw new InvalidInput({
        what: `${image.image} has no argument ${JSON.stringify(name)}`,
        where: `--set ${text}`,
        next: `Known: ${known}.`,
      });
    }
    if (!argument.values.includes(value)) {
      throw new InvalidInput({
        what: `${JSON.stringify(value)} is not a value of ${name}`,
        where: `--set ${text}`,
        next: `Allowed: ${argument.values.join(', ')}.`,
      });
    }
    values[name] = value;
  }
  const used = Object.values(image.sources).flatMap(seriesOf);
  for (const series of withoutSeries) {
    if (!used.includes(series)) {
      throw new InvalidInput({
        what: `${image.image} uses no series ${JSON.stringify(series)}`,
        where: '--without-series',
        next: `Known: ${used.join(', ') || 'none'}.`,
      });
    }
  }
  // By name, so that the order in image.yaml decides nothing.
  const marks = [
    ...Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([name, value]) => value !== image.arguments[name]?.default)
      .map(([, value]) => value),
    ...[...withoutSeries].sort().map((series) => `without-${series}`),
  ];
  return {
    arguments: values,
    withoutSeries: [...new Set(withoutSeries)],
    version: [image.version, ...marks].join('-'),
  };
}
