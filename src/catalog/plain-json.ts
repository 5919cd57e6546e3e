/**
 * JSON as halobox writes it, to the byte: then no key is there twice, and nothing in it is YAML alone. YAML's reader, which
 * knows where each value stands, takes twenty times as long and is asked when somebody wants to know.
 * @returns undefined for everything else.
 */
export function plainJson(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return `${JSON.stringify(value, undefined, 2)}\n` === text ? value : undefined;
  } catch {
    return undefined;
  }
}
