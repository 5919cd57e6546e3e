import { digestOf } from '../registry/descriptor.ts';
import { type ArchivedPart, documentEntry, type ImageForm } from './archive-entries.ts';

/**
 * As `docker save` writes it, which every engine loads. Docker's graph driver knows a layer by its digest in the config and
 * asks its store before it looks for the file. https://github.com/moby/docker-image-spec/blob/main/v1.2.md
 */
export const savedArchive: ImageForm = function* (config, parts) {
  const configFile = `${digestOf(config).slice('sha256:'.length)}.json`;
  const contents = [{ Config: configFile, RepoTags: null, Layers: parts.map(nameOf) }];
  yield documentEntry(configFile, config);
  yield documentEntry('manifest.json', Buffer.from(JSON.stringify(contents)));
};

/** One that was left out is named all the same. */
function nameOf({ file, diffId }: ArchivedPart): string {
  return file ?? `${diffId.slice('sha256:'.length)}.tar`;
}
