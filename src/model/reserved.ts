/** Words after `--` that `halobox resolve` itself knows: no source or set can be asked for by such a name. */
export const reservedNames = [
  'as-of',
  'base',
  'check',
  'debug',
  'directory',
  'dry-run',
  'help',
  'json',
  'upgrade',
  'version',
];
