import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { listen } from '../sources/http/fixtures.ts';
import { explainedStream } from './explained-stream.ts';

async function answerOf(end: 'end' | 'destroy'): Promise<IncomingMessage> {
  const base = await listen((_, response) => {
    response.writeHead(200, { 'content-length': '8' });
    response.write('half', () => (end === 'end' ? response.end('done') : response.destroy()));
  });
  const [answer] = await once(get(base), 'response');
  return answer as IncomingMessage;
}

test('an answer that comes whole stays as it is', async () => {
  const stream = explainedStream(await answerOf('end'), () => new Error('no'));
  expect((await buffer(stream)).toString()).toBe('halfdone');
});

test('an engine that dies in the middle of its answer is told of', async () => {
  const seen: unknown[] = [];
  const stream = explainedStream(await answerOf('destroy'), (error) => {
    seen.push(error);
    return new Error('the engine went away');
  });
  await expect(buffer(stream)).rejects.toThrow('the engine went away');
  expect(seen).toMatchObject([{ code: 'ECONNRESET' }]);
});
