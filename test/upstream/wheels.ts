import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A wheel that real pip takes: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ */
export interface WheelSpec {
  project: string;
  version: string;
  /** e.g. cp312-cp312-linux_x86_64 */
  tags: string;
  requiresPython?: string;
  yanked?: string;
}

export interface Wheel extends WheelSpec {
  name: string;
  file: string;
  sha256: string;
  /** Digest of `<file>.metadata`, PEP 658. */
  metadata: string;
}

const script = `
import json, os, sys, zipfile
folder = sys.argv[1]
for spec in json.load(sys.stdin):
    project = spec["project"].replace("-", "_")
    info = "%s-%s.dist-info" % (project, spec["version"])
    metadata = "Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (spec["project"], spec["version"])
    if "requiresPython" in spec:
        metadata += "Requires-Python: %s\\n" % spec["requiresPython"]
    tag = spec["tags"]
    wheel = "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: %s\\n" % tag
    files = {project + "/__init__.py": "version = %r\\n" % spec["version"], info + "/METADATA": metadata, info + "/WHEEL": wheel}
    record = "".join("%s,,\\n" % name for name in files) + info + "/RECORD,,\\n"
    with open(os.path.join(folder, spec["name"] + ".metadata"), "w") as file:
        file.write(metadata)
    with zipfile.ZipFile(os.path.join(folder, spec["name"]), "w") as archive:
        for name, text in list(files.items()) + [(info + "/RECORD", record)]:
            archive.writestr(zipfile.ZipInfo(name, (2026, 6, 30, 0, 0, 0)), text)
`;

/** Writes the wheels into a folder; equal specs give equal bytes. */
export async function writeWheels(folder: string, specs: readonly WheelSpec[]): Promise<Wheel[]> {
  const named = specs.map((spec) => ({
    ...spec,
    name: `${spec.project.replaceAll('-', '_')}-${spec.version}-${spec.tags}.whl`,
  }));
  await execa('/usr/bin/python3', ['-c', script, folder], { input: JSON.stringify(named) });
  return named.map((spec) => {
    const file = join(folder, spec.name);
    return { ...spec, file, sha256: sha256Of(file), metadata: sha256Of(`${file}.metadata`) };
  });
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
