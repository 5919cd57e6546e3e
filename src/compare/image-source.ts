/** An image that can be looked into, from an engine or a registry. */
export interface ImageSource {
  /** As the person named it. */
  reference: string;
  labels: Readonly<Record<string, string>>;
  /** From the lowest on. */
  layers: readonly ImageLayer[];
}

export interface ImageLayer {
  /** Digest of the unpacked tar, `sha256:…`: equal ones have equal content, wherever they are. */
  diffId: string;
  /** As it goes over the line. Bytes. */
  packed: number;
  /** What made it, as the image's history tells; '' where it does not. */
  by: string;
  /** The layer as a file on this machine; brought there only when it is asked for. */
  file(): Promise<string>;
}
