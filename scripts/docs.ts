import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { buildRecordSchema } from '../src/build/build-record.ts';
import { reportSchema } from '../src/contract/report.ts';
import { knownBadSchema } from '../src/model/coherence.ts';
import { imageSchema } from '../src/model/image.ts';
import { ledgerSchema } from '../src/model/ledger.ts';
import { lockSchema, pinSchema } from '../src/model/lock.ts';
import { seriesSchema } from '../src/model/series.ts';
import { sourceSchema } from '../src/model/source.ts';
import { layerRecordSchema } from '../src/plan/layer-record.ts';
import { writeWhole } from '../src/store/write-file.ts';
import { formatKinds, formatTable } from './format-table.ts';

/** Writes docs/formats.md from the schemas; with --check only says whether it is up to date. */
const file = join(import.meta.dirname, '../docs/formats.md');

const page = [
  '# File formats',
  '',
  'Made from the schemas in `src/model` by `npm run docs`; change those, not this page.',
  'A key that is not listed is refused, with its line and column.',
  '',
  '## `images/<image>/image.yaml`',
  '',
  ...formatTable(z.toJSONSchema(imageSchema, { io: 'input' })),
  ...formatKinds('Sources of kind', z.toJSONSchema(sourceSchema, { io: 'input' })),
  '',
  '## `images/<image>/known-bad.yaml`',
  '',
  'A list; each entry names a stamp, or versions of one source. Optional.',
  '',
  ...formatTable(z.toJSONSchema(knownBadSchema, { io: 'input' })),
  '',
  '## `images/<image>/lock.json`',
  '',
  'Written by `halobox resolve`, and committed.',
  '',
  ...formatTable(z.toJSONSchema(lockSchema, { io: 'input' })),
  ...formatKinds('Pins of kind', z.toJSONSchema(pinSchema, { io: 'input' })),
  '',
  '## `patches/<series>/series.yaml`',
  '',
  ...formatTable(z.toJSONSchema(seriesSchema, { io: 'input' })),
  '',
  '## `/usr/share/halobox/ledger.json` in an image',
  '',
  'What was decided about the sources of an image and done to them.',
  '',
  ...formatTable(z.toJSONSchema(ledgerSchema, { io: 'output' })),
  '',
  '## `$XDG_STATE_HOME/halobox/layers/<image>/<layer>.json`',
  '',
  'What a layer of an image was last built from on this machine; `halobox plan` explains and estimates by it.',
  '',
  ...formatTable(z.toJSONSchema(layerRecordSchema, { io: 'output' })),
  '',
  '## `$XDG_STATE_HOME/halobox/releases/<image>.json`',
  '',
  'What the last release of an image on this machine was made of; `halobox gc` leaves it alone.',
  '',
  ...formatTable(z.toJSONSchema(buildRecordSchema, { io: 'output' })),
  '',
  '## `$XDG_STATE_HOME/halobox/contracts/<sha256>.json`',
  '',
  'What came of checking one image, kept beside its digest.',
  '',
  ...formatTable(z.toJSONSchema(reportSchema, { io: 'output' })),
  '',
].join('\n');

if (!process.argv.includes('--check')) {
  writeWhole(file, page);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
  process.stderr.write('docs/formats.md is not what the schemas say.\n  next: npm run docs\n');
  process.exitCode = 1;
}
