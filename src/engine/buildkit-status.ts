import protobuf from 'protobufjs/light.js';

/** What BuildKit tells about its graph; a vertex is a step or something internal. */
export interface BuildkitStatus {
  vertexes: Vertex[];
  logs: { vertex: string; msg: Uint8Array }[];
  warnings: { vertex: string; short: Uint8Array; url: string }[];
}

export interface Vertex {
  digest: string;
  /** Digests of the vertexes that it builds on. */
  inputs: string[];
  name: string;
  cached: boolean;
  /** Seconds since 1970. */
  started: number | undefined;
  completed: number | undefined;
  error: string;
}

/**
 * The part of `StatusResponse` that is shown; fields that are not named here are skipped by the decoder.
 * https://github.com/moby/buildkit/blob/master/api/services/control/control.proto
 *
 * dockerode has a decoder of its own, which prints log bytes as base64.
 */
const status = protobuf.Root.fromJSON({
  nested: {
    StatusResponse: {
      fields: {
        vertexes: { rule: 'repeated', type: 'Vertex', id: 1 },
        logs: { rule: 'repeated', type: 'VertexLog', id: 3 },
        warnings: { rule: 'repeated', type: 'VertexWarning', id: 4 },
      },
    },
    Vertex: {
      fields: {
        digest: { type: 'string', id: 1 },
        inputs: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        cached: { type: 'bool', id: 4 },
        started: { type: 'Timestamp', id: 5 },
        completed: { type: 'Timestamp', id: 6 },
        error: { type: 'string', id: 7 },
      },
    },
    VertexLog: { fields: { vertex: { type: 'string', id: 1 }, msg: { type: 'bytes', id: 4 } } },
    VertexWarning: {
      fields: {
        vertex: { type: 'string', id: 1 },
        short: { type: 'bytes', id: 3 },
        url: { type: 'string', id: 5 },
      },
    },
    Timestamp: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
  },
}).lookupType('StatusResponse');

interface Decoded extends Omit<BuildkitStatus, 'vertexes'> {
  vertexes: (Omit<Vertex, 'started' | 'completed'> & {
    started: Timestamp | null;
    completed: Timestamp | null;
  })[];
}

interface Timestamp {
  seconds: number;
  nanos: number;
}

/** @param base64 the `aux` of a `moby.buildkit.trace` message. */
export function decodeStatus(base64: string): BuildkitStatus {
  const message = status.decode(Buffer.from(base64, 'base64'));
  const decoded = status.toObject(message, { longs: Number, defaults: true, arrays: true }) as Decoded;
  return {
    ...decoded,
    vertexes: decoded.vertexes.map((vertex) => ({
      ...vertex,
      started: secondsOf(vertex.started),
      completed: secondsOf(vertex.completed),
    })),
  };
}

function secondsOf(time: Timestamp | null): number | undefined {
  return time === null ? undefined : time.seconds + time.nanos / 1e9;
}
