import { createServer } from 'node:http';

/**
 * An engine that only swallows: it answers what the docker CLI and dockerode ask before a build, reads the whole
 * context, and says how many bytes it was. Everybody uploads into the same one, so what is measured is the sender.
 */
const [socket] = process.argv.slice(2);

createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://engine').pathname.replace(/^\/v[0-9.]+/, '');
  response.setHeader('Api-Version', '1.41');
  response.setHeader('OSType', 'linux');
  response.setHeader('Content-Type', 'application/json');
  if (path !== '/build') {
    request.resume();
    response.end(path === '/_ping' ? 'OK' : JSON.stringify({ ApiVersion: '1.41', Os: 'linux' }));
    return;
  }
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    console.log(bytes);
    response.end(`${JSON.stringify({ stream: 'Successfully built 0123456789ab\n' })}\n`);
  });
}).listen(socket, () => console.log('ready'));
