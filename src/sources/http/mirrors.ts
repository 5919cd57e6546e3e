import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readYamlFile } from '../../catalog/yaml-file.ts';
import { InvalidInput } from '../../model/error.ts';

/** A base URL and the one that is asked in its place; neither ends with a slash. */
interface Mirror {
  original: string;
  replacement: string;
}

/** Longest original first. */
export type Mirrors = readonly Mirror[];

// A file of comments only is null.
const schema = z.record(z.string(), z.string()).nullable();

/**
 * Reads which places a site has mirrors for: a YAML map of base URL to replacement, from the file that HALOBOX_MIRRORS
 * names, else from `$XDG_CONFIG_HOME/halobox/mirrors.yaml` if it is there.
 * @param home the person's home folder, for XDG_CONFIG_HOME that is not set or not absolute.
 * @throws InvalidInput (exit 2) with file:line:column.
 */
export function readMirrors(env: NodeJS.ProcessEnv, home: string): Mirrors {
  const config = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(home, '.config');
  const file = env.HALOBOX_MIRRORS || join(config, 'halobox/mirrors.yaml');
  if (!env.HALOBOX_MIRRORS && !existsSync(file)) return [];
  const { value, place, keyPlace } = readYamlFile(file, schema);
  const mirrors = Object.entries(value ?? {}).map(([key, text]): Mirror => {
    const wrong = (what: string, where = place([key])) =>
      new InvalidInput({
        what,
        where,
        next: 'Write base URLs: "https://original.example/path/": "http://mirror.example/path/".',
      });
    const original = baseOf(key);
    if (!original) throw wrong('the original is no http(s) URL without query', keyPlace([key]));
    if (bareBase(original) !== original)
      throw wrong('the original holds a user or a password', keyPlace([key]));
    const replacement = baseOf(text);
    if (!replacement) throw wrong('the mirror is no http(s) URL without query');
    return { original, replacement };
  });
  return mirrors.sort((a, b) => b.original.length - a.original.length);
}

/** The address that is asked for what is at `url`: the mirror's where there is one, else `url` itself. */
export function askedOf(mirrors: Mirrors, url: string): string {
  const bare = withoutPassword(url);
  for (const { original, replacement } of mirrors) {
    const rest = below(original, bare);
    if (rest !== undefined) return replacement + rest;
  }
  return url;
}

/**
 * The original address of something that is named by a mirror's: where a mirror redirects to its own files, say.
 * @param by the original address that led there; its mirror comes first where several originals share one mirror.
 */
export function originalOf(mirrors: Mirrors, asked: string, by?: string): string {
  const bare = withoutPassword(asked);
  const own = mirrors.find(({ original }) => by !== undefined && below(original, by) !== undefined);
  const others = mirrors.toSorted((a, b) => b.replacement.length - a.replacement.length);
  for (const { original, replacement } of own ? [own, ...others] : others) {
    const rest = below(bareBase(replacement), bare);
    if (rest !== undefined) return original + rest;
  }
  return asked;
}

/** For messages and for what is written down; text that is no URL comes back as it is. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url;
  const { href, username, password } = new URL(url);
  if (!username && !password) return href;
  const bare = new URL(href);
  bare.username = '';
  bare.password = '';
  return bare.href;
}

/** Query parameters by which signed addresses let anybody in who has them, and the states of uploads. */
const secretParameter = /^_state$|signature|credential|token|^sig$|^key$/i;

/** The same, and also without what makes a signed address work. */
export function withoutSecrets(url: string): string {
  const bare = withoutPassword(url);
  if (!URL.canParse(bare) || !bare.includes('?')) return bare;
  const clean = new URL(bare);
  const secret = [...clean.searchParams.keys()].filter((name) => secretParameter.test(name));
  if (secret.length === 0) return bare;
  for (const name of secret) clean.searchParams.set(name, '…');
  return clean.href.replaceAll('%E2%80%A6', '…');
}

/** What follows the base, with its `/`, `?` or nothing in front; undefined when `url` is elsewhere, as a/bc is to a/b. */
function below(base: string, url: string): string | undefined {
  const { href } = new URL(url);
  const rest = href.slice(base.length);
  return href.startsWith(base) && /^([/?#]|$)/.test(rest) ? rest : undefined;
}

/** `withoutPassword` puts the slash of an empty path back. */
function bareBase(base: string): string {
  return withoutPassword(base).replace(/\/+$/, '');
}

function baseOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.search || url.hash) return undefined;
  return url.href.replace(/\/+$/, '');
}
