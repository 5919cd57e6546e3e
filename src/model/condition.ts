import { z } from 'zod';
import { innerPath } from './name.ts';

const texts = z.array(z.string().min(1)).min(1);

const text = z.strictObject({
  file: innerPath.describe('A file of the tree; where it is missing the condition does not hold.'),
  within: z
    .strictObject({ from: z.string().min(1), to: z.string().min(1) })
    .optional()
    .describe(
      'Only the first part that begins with `from` and ends with the next `to`; no such part: does not hold.',
    ),
  has: texts.optional().describe('Texts that are all there; any white space equals any other.'),
  lacks: texts.optional().describe('Texts none of which is there.'),
});

const cmakeCall = z.strictObject({
  file: innerPath,
  call: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .describe('A CMake command; comments and quotes are understood. No such call: does not hold.'),
  about: z.string().min(1).describe('Its first argument.'),
  keyword: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/)
    .optional()
    .describe('Only the arguments after this one, up to the next in capitals.'),
  has: texts.optional().describe('Arguments that are all there; the members of a `;` list count.'),
  lacks: texts.optional().describe('Arguments none of which is there.'),
});

/** Something that is or is not so in a tree, told from the text of one file. `{target}` in a text is the hardware target. */
export const conditionSchema = z.union([text, cmakeCall]);

export type Condition = z.infer<typeof conditionSchema>;
export type TextCondition = z.infer<typeof text>;
export type CallCondition = z.infer<typeof cmakeCall>;
