/**
 * The id of an image that keeps podman from listing any, as its words have it: a `podman build` that was killed right
 * after it had recorded the image leaves one without a manifest. Nobody can do anything with it but remove it.
 * https://github.com/containers/storage/blob/main/images.go (`BigData`)
 */
export function brokenImage(error: unknown): string | undefined {
  const said = error instanceof Error ? error.message : '';
  return /locating item named "manifest" for image with ID "([0-9a-f]{64})"/.exec(said)?.[1];
}
