/** UTC as `YYYYMMDD-HHMMSS`, the form that users of the public toolboxes know. */
export function timeText(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

/** A tag of image.yaml with `{version}` and `{time}` replaced. */
export function tagText(pattern: string, version: string, time: Date): string {
  return pattern.replaceAll('{version}', version).replaceAll('{time}', timeText(time));
}
