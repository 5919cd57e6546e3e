#!/usr/bin/env -S node --max-semi-space-size=2 --no-parallel-scavenge
// A small young generation: a context's pieces are garbage at once, and with the default V8 lets some 80 MB of them pile
// up before it looks. One thread that collects it: four for two megabytes cost more than they help, and compilers want
// the time. Neither can be set once Node runs.
import module from 'node:module';

const needed = 24;
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `halobox: this is Node ${process.versions.node}\n  next: run it with Node ${needed} or newer; in a checkout \`npm ci\` brings one and \`npm run halobox\` takes it.\n`,
  );
  process.exit(2);
}
// Keeps compiled code between runs: a third of the time of a start.
module.enableCompileCache();
// No top-level await: the bundle is CommonJS, see rolldown.config.ts.
import('./main.ts')
  .then(({ main }) => main(process.argv.slice(2), process))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
