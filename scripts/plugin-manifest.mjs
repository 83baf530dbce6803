/**
 * What is wrong with an unpacked plugin, as sentences: parts that the manifest names and that are not there, and what
 * Premiere is known to refuse.
 * @param {Record<string, Uint8Array>} files content by path in the package
 * @param {string} version of the product
 * @returns {string[]}
 */
export function findFaults(files, version) {
  if (!files['manifest.json']) return ['manifest.json is missing'];
  const manifest = JSON.parse(new TextDecoder().decode(files['manifest.json']));
  const script = files['panel.js'] ? new TextDecoder().decode(files['panel.js']) : '';
  const points = manifest.entrypoints ?? [];
  const icons = [...(manifest.icons ?? []), ...points.flatMap((point) => point.icons ?? [])];
  const demands = [
    [manifest.manifestVersion === 5, 'manifestVersion is not 5'],
    [manifest.version === version, `version ${manifest.version} is not that of the product, ${version}`],
    [manifest.host?.app === 'premierepro', 'the host is not Premiere Pro'],
    [/^\d+\.\d+\.\d+$/.test(manifest.host?.minVersion ?? ''), 'minVersion is not three numbers'],
    [points.some(({ type }) => type === 'panel'), 'there is no panel'],
    [
      points.every(({ type, id }) => /^(panel|command)$/.test(type) && script.includes(id)),
      'an entry point is unknown',
    ],
    [script.includes(manifest.id), 'the script knows the plugin by another id'],
    // A list with "all" in it, and addresses with ports, are denied without a word.
    [manifest.requiredPermissions?.network?.domains === 'all', 'network domains must be the bare word "all"'],
    ...[manifest.main, 'panel.js', 'panel.css'].map((path) => [files[path], `${path} is missing`]),
    ...icons.flatMap(iconDemands(files)),
  ];
  return demands.filter(([fulfilled]) => !fulfilled).map(([, fault]) => fault);
}

/** A file for each scale, in exactly the promised size. */
const iconDemands = (files) => (icon) =>
  icon.scale.map((scale) => {
    const path = scale === 1 ? icon.path : icon.path.replace(/\.png$/, `@${scale}x.png`);
    const size = files[path] ? Buffer.from(files[path]).readUInt32BE(16) : 0;
    return [size === icon.width * scale, `${path} is missing or not ${icon.width * scale} pixels wide`];
  });
