import { defineConfig } from 'rolldown';

// What a start needs is bundled, because opening many small files is what makes a start slow. The big libraries that
// only some commands load stay as they are installed. CommonJS, because Node makes a facade with all exports for each of
// its own modules that ESM imports; for node:fs alone that is 2 ms.
export default defineConfig({
  input: { halobox: 'src/cli/halobox.ts' },
  platform: 'node',
  external: ['dockerode', 'handlebars', 'protobufjs', /^protobufjs\//],
  output: {
    dir: 'dist',
    format: 'cjs',
    cleanDir: true,
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
});
