import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { client, refusal, temporaryFolder } from './fixtures.ts';

let key: Buffer;
let cert: Buffer;

/** @returns its port. */
async function listenSecurely(answer: RequestListener): Promise<number> {
  const server = createServer({ key, cert }, answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
  });
  return (server.address() as AddressInfo).port;
}

function trust(): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, cert.toString()]);
  onTestFinished(() => setDefaultCACertificates(before));
}

beforeEach(() => {
  ({ key, cert } = makeCertificate(temporaryFolder()));
});

test('https is asked, and never leads back to http', async () => {
  trust();
  const port = await listenSecurely((request, response) => {
    if (request.url === '/back') response.writeHead(301, { location: `http://127.0.0.1:${port}/` }).end();
    else response.end('secret');
  });
  const http = client();
  expect((await http.text(`https://127.0.0.1:${port}/`)).text).toBe('secret');
  expect(await refusal(http.text(`https://127.0.0.1:${port}/back`))).toContain(
    'status 301 Moved Permanently | a redirect from https back to http',
  );
});

test('a certificate that nobody vouches for is no answer', async () => {
  const port = await listenSecurely((_, response) => response.end('secret'));
  expect(await refusal(client().text(`https://127.0.0.1:${port}/`))).toMatch(/\| self-signed certificate/);
});

test('through a proxy https stays whole', async () => {
  trust();
  const port = await listenSecurely((_, response) => response.end('secret'));
  const asked: string[] = [];
  const proxy = createHttp().on('connect', (request, socket) => {
    asked.push(request.url!);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void proxy.close());
  const { port: proxyPort } = proxy.address() as AddressInfo;
  const http = client({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` } });
  expect((await http.text('https://upstream.example/x')).text).toBe('secret');
  expect(asked).toEqual(['upstream.example:443']);
});

test('a proxy that refuses is named by what it said', async () => {
  const proxy = createHttp().on('connect', (_, socket) => {
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const http = client({ env: { HTTPS_PROXY: `http://user:word@127.0.0.1:${port}` } });
  const said = await refusal(http.text('https://upstream.example/x'));
  expect(said).toMatch(/407/);
  expect(said).not.toContain('word');
});
