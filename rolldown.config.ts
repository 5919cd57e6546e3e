import { defineConfig } from 'rolldown';

// What a start needs is bundled, because opening many small files is what makes a start slow. The big libraries that
// only some commands load stay as they are installed.
export default defineConfig({
  input: { halobox: 'src/cli/halobox.ts' },
  platform: 'node',
  external: ['dockerode', 'handlebars', 'protobufjs', /^protobufjs\//],
  output: { dir: 'dist', format: 'esm', cleanDir: true, minify: true, chunkFileNames: '[name].js' },
});
