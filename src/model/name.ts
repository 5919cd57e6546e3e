import { z } from 'zod';

/** Names of images, layers, sources, series and arguments: they become parts of references, paths and labels. */
export const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, joined by single hyphens')
  .max(64);

/** Debian package names, https://www.debian.org/doc/debian-policy/ch-controlfields.html#source */
export const debianPackage = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9+.-]+$/,
    'must be a Debian package name (lower-case letters, digits, "+", "-", ".")',
  );

/** A tag as registries take it, https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** A sha256 in hexadecimal. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a sha256: 64 lower-case hexadecimal digits');

/** An AMD GPU target as LLVM names it, https://llvm.org/docs/AMDGPUUsage.html#processors */
export const gpuTarget = z
  .string()
  .regex(/^gfx[0-9]{1,3}[0-9a-f]{2}$/, 'must be a GPU target such as gfx1151');

/** What a source tree is patched for: a GPU target of AMD's, or another vendor's name such as sm_121. */
export const hardwareTarget = z
  .string()
  .regex(/^[a-z]+[a-z0-9_]*[0-9][a-z0-9_]*$/, 'must be a hardware target such as gfx1151 or sm_121')
  .max(32);

/** What C calls a function or variable. */
export const symbolName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'must be the name of a C symbol');

/** A path inside one folder: relative, without `..`. Whether it leaves through a symbolic link is checked when it is read. */
export const innerPath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\'), {
    message: 'must be a relative path that stays inside its folder (no leading "/", no "..")',
  });

/** A path inside the image. */
export const imagePath = z
  .string()
  .refine((path) => path.startsWith('/') && !path.split('/').includes('..'), {
    message: 'must be an absolute path without ".."',
  });

/** Paths inside the image: absolute, with `*` for any characters of one name. */
export const outputPath = imagePath.refine((path) => /[^/]/.test(path) && !path.includes('**'), {
  message: 'must name something below "/", with "*" inside of names only',
});
