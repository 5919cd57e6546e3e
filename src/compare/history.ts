import { z } from 'zod';
import { parsed } from '../registry/descriptor.ts';

const schema = z.object({
  history: z
    .array(z.object({ created_by: z.string().optional(), empty_layer: z.boolean().optional() }))
    .default([]),
});

/**
 * What made each layer, from the lowest on, in the words of the config's history
 * (https://github.com/opencontainers/image-spec/blob/main/config.md#properties); '' where it tells nothing.
 */
export function historyOf(config: Buffer, count: number): string[] {
  const found = schema.safeParse(parsed(config));
  const made = found.success ? found.data.history.filter(({ empty_layer: empty }) => empty !== true) : [];
  return Array.from({ length: count }, (_, index) =>
    made.length === count ? (made[index]!.created_by ?? '').replace(/\s+/g, ' ').trim() : '',
  );
}
