import { z } from 'zod';
import { gpuTarget, imagePath } from './name.ts';

/** A word of a command. It reaches the container inside a quoted shell script of one line per command. */
const word = z.string().refine(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  (text) => !/[\u0000-\u001f\u007f]/.test(text) && !text.includes('<<'),
  'must not hold control characters or "<<"',
);

const program = word.regex(
  /^[A-Za-z0-9_./+-]+$/,
  'must be the name of a program on PATH or its absolute path',
);

const pattern = z.string().refine((text) => {
  try {
    new RegExp(text, 'mu');
    return true;
  } catch {
    return false;
  }
}, 'must be a regular expression (JavaScript, flags m and u)');

const text = z.union(
  [
    z.string().describe('The whole text, exactly.'),
    z.strictObject({
      matches: pattern.describe('A regular expression; `^` and `$` match at line ends too.'),
    }),
    z.strictObject({ empty: z.literal(true).describe('Nothing at all, not even a line end.') }),
  ],
  'must be a text, or one of {matches: <regular expression>} and {empty: true}',
);

const seconds = z.int().min(1).max(600).default(30).describe('After so many seconds the command has failed.');

const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of an environment variable'), word)
  .default({})
  .describe('Environment variables beyond those of the image.');

const command = z.strictObject({
  command: program.describe('A program on PATH.'),
  args: z.array(word).default([]).describe('Its arguments.'),
  exits: z
    .array(z.int().min(0).max(255))
    .min(1)
    .default([0])
    .describe('Exit codes that are right; some tools end with 1 after --version.'),
  says: pattern.optional().describe('What its output (both streams) must match.'),
  seconds,
});

const user = z.strictObject({
  uid: z
    .int()
    .min(1)
    .max(60000)
    .describe('A user ID that is free in the image and can be created as toolbox does it.'),
  sudo: z
    .literal('passwordless')
    .optional()
    .describe('The created user, a member of group sudo or wheel, becomes root without a password.'),
});

const file = z
  .strictObject({
    path: imagePath.and(word).describe('Absolute path in the image.'),
    type: z
      .enum(['file', 'directory', 'symlink', 'absent'])
      .default('file')
      .describe(
        'What is there. Symbolic links are followed unless the type is `symlink`; `absent`: nothing must be there.',
      ),
    mode: z
      .string()
      .regex(/^0[0-7]{3,4}$/, "must be an octal mode in quotes, such as '0755'")
      .optional()
      .describe("Permissions in octal, quoted: '0440'."),
    owner: z
      .string()
      .regex(
        /^[a-z_][a-z0-9_-]*(:[a-z_][a-z0-9_-]*)?$/,
        'must be a user, or user and group as in root:render',
      )
      .optional()
      .describe('Owner by name, `root`, or owner and group, `root:render`.'),
    content: text.optional().describe('Content; the first 65,536 bytes are looked at.'),
  })
  .refine(
    ({ type, mode, owner }) => type !== 'absent' || (mode === undefined && owner === undefined),
    'a file that must be absent has neither mode nor owner',
  )
  .refine(({ type, content }) => type === 'file' || content === undefined, {
    path: ['content'],
    message: 'only a file has content',
  });

const answer = z.strictObject({
  command: z.array(word).min(1).describe('Program and arguments; it prints one line of JSON, last.'),
  env: environment,
  json: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe('Keys that the JSON object must hold, with their values; it may hold more.'),
  seconds,
});

const library = z.strictObject({
  path: imagePath.describe('Absolute path of the shared library in the image.'),
  codeObjects: z
    .strictObject({
      target: gpuTarget.describe('GPU target that every fat binary in the library must hold code for.'),
      wavefront: z
        .union([z.literal(32), z.literal(64)])
        .describe("Wavefront size of every kernel for it; gfx10 to gfx12 of Radeon cards run RCCL's at 32."),
    })
    .optional()
    .describe('Device code, read from the ELF files inside the library.'),
  answers: z
    .array(answer)
    .default([])
    .describe('Programs in the image that load the library and call it; run without network and GPU.'),
});

const banner = z.strictObject({
  says: z
    .array(z.string().min(1))
    .min(1)
    .describe('Texts, such as versions, that an interactive login shell prints when it starts.'),
});

/** `contract:` in `images/<image>/image.yaml` */
export const contractSchema = z
  .strictObject({
    commands: z.array(command).default([]).describe('Commands that exist on PATH and run.'),
    user: user.optional().describe('The user that toolbox or distrobox creates.'),
    groups: z
      .array(
        z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be the name of a group, lower-case as in render'),
      )
      .default([])
      .describe('Groups that exist; without `render` a named group stops the start of a container.'),
    labels: z.record(z.string(), text).default({}).describe("The image's labels."),
    files: z.array(file).default([]).describe('Files, their permissions and their content.'),
    libraries: z.array(library).default([]).describe('Shared libraries with device code.'),
    banner: banner.optional().describe('What a person sees on entering.'),
  })
  .describe('Checks that a built image must pass before it gets a tag.');

export type Contract = z.infer<typeof contractSchema>;
export type ContractCommand = Contract['commands'][number];
export type ContractUser = NonNullable<Contract['user']>;
export type ContractFile = Contract['files'][number];
type ContractLibrary = Contract['libraries'][number];
export type ContractAnswer = ContractLibrary['answers'][number];
export type ContractText = Contract['labels'][string];
export type CodeObjectDemand = NonNullable<ContractLibrary['codeObjects']>;
