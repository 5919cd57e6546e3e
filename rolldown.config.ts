import { defineConfig, type Plugin } from 'rolldown';

/**
 * What dockerode loads at its start and halobox never calls: gRPC, for `Docker.buildImage` (halobox asks the API itself,
 * see src/engine/docker-build.ts), which takes 60 ms; and an ssh client, for hosts that are refused before.
 * https://github.com/apocas/dockerode/blob/master/lib/session.js
 */
const leftOut: Plugin = {
  name: 'left out',
  load: (id) =>
    /\/(dockerode\/lib\/session|docker-modem\/lib\/ssh)\.js$/.test(id)
      ? "module.exports = () => { throw new Error('this is left out of the bundle'); };"
      : null,
};

// What a start or a build needs is bundled, because opening many small files is what makes a start slow. protobufjs, which
// only a build on Docker that has something to do loads, stays as it is installed. CommonJS, because Node makes a facade
// with all exports for each of its own modules that ESM imports; for node:fs alone that is 2 ms.
export default defineConfig({
  input: { halobox: 'src/cli/halobox.ts' },
  platform: 'node',
  external: ['protobufjs', /^protobufjs\//],
  plugins: [leftOut],
  output: {
    dir: 'dist',
    format: 'cjs',
    cleanDir: true,
    minify: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
  },
});
