import { expect, test } from 'vitest';
import { client, listen } from './fixtures.ts';
import { proxiesOf } from './proxies.ts';

test('the usual variables name a proxy, and places without one', async () => {
  const passed: string[] = [];
  const proxy = await listen((request, response) => {
    passed.push(request.url!);
    response.end('through the proxy');
  });
  const http = client({ env: { HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1' } });
  expect((await http.text('http://upstream.example/x')).text).toBe('through the proxy');
  expect(passed).toEqual(['http://upstream.example/x']);
  const near = await listen((_, response) => response.end('straight'));
  expect((await http.text(`${near}/`)).text).toBe('straight');
});

test('a scheme may be left out, as curl allows', () => {
  expect(proxiesOf({ https_proxy: 'proxy.example:3128', HTTP_PROXY: '', PATH: '/bin' })).toEqual({
    https_proxy: 'http://proxy.example:3128',
  });
});

test.each(['socks5://user:word@proxy.example:1080', 'http://'])('%s is refused, and not shown', (value) => {
  expect(() => proxiesOf({ HTTPS_PROXY: value })).toThrow('the proxy is no http(s) URL');
});
